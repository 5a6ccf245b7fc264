"""All scores of a preset, from its graded answers and its descriptions' facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..config.scores import Scores as ScoresSettings
from ..records.categories import AVERAGE
from ..records.files import replacing, write
from ..records.rows import Question, Score
from ..records.tables import write_table
from ..study.comparisons import Comparison
from ..study.runs import AnswerSet
from .counts import Counts, counted
from .difference_table import difference_table
from .score_table import parser_table, score_table
from .spread import read_spread
from .tables import ACCURACY, ALL_SEEDS, Difference, ParserScore
from .trainings import Trainings


def score(
    preset: str,
    graded: Path,
    questions: Mapping[str, Sequence[Question]],
    described: Mapping[AnswerSet, Counts],
    comparisons: Iterable[Comparison],
    seeds: Sequence[str],
    trained: Sequence[str],
    spread: Path | None,
    settings: ScoresSettings,
    scores_file: Path,
    parquet_file: Path,
    differences_file: Path,
    parsers_file: Path,
    summary_file: Path,
) -> None:
    """Write the tables of a preset.

    Args:
        preset: its name.
        graded: its graded answers.
        questions: by benchmark.
        described: what descriptions state of the facts that questions need.
        comparisons: the differences that are estimated.
        seeds: those of the study.
        trained: the modules that it trains, each once a seed.
        spread: how far trainings lie apart in a reference (`spread.csv`); None without one.
        settings: how numbers are made.
        scores_file, parquet_file, differences_file, parsers_file: the tables.
        summary_file: a flat JSON of the main averages (percent), for dashboards and `dvc metrics`.
    """
    counts = counted(graded, questions)
    trainings = Trainings(trained, read_spread(spread) if spread else {})
    table = score_table(preset, counts, trainings)
    table += score_table(preset, described, trainings)
    write_table(scores_file, table, Score)
    write(parquet_file, table, Score)
    differences = difference_table(
        preset,
        comparisons,
        counts,
        seeds,
        settings.parser,
        trainings,
        settings.bootstrap,
        settings.seed,
    )
    write_table(differences_file, differences, Difference)
    write_table(parsers_file, parser_table(preset, counts), ParserScore)
    main = {
        f"{row.perception}/{row.reasoning}/{row.mode}/{row.benchmark}": round(100 * row.value, 2)
        for row in table
        if (row.seed, row.category, row.metric, row.parser)
        == (ALL_SEEDS, AVERAGE, ACCURACY, settings.parser)
    }
    with replacing(summary_file) as temporary:
        temporary.write_text(json.dumps(main, indent=1, sort_keys=True) + "\n")
