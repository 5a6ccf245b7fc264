"""All scores of a preset, from the fixed places of its answers, descriptions and questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..records.files import replacing, write
from ..records.rows import Score
from ..scoring.grade import AVERAGE, Recall, Run
from ..study.settings import Exporting, Reporting, Scoring
from . import tables

END_TO_END, FAMILIES = "end-to-end", "families"


def score(
    root: Path, scores: Path, differences: Path, readers: Path, summary: Path, settings: Scoring
) -> None:
    """Write the four files of a preset whose results lie under `root`, and the scores as Parquet
    beside `scores`.

    summary: a flat JSON of the main averages (percent), for dashboards and `dvc metrics`.
    """
    reader = settings.reader
    made = list(runs(root, settings))
    table = tables.score_table(settings.preset, made, _recalls(root, settings))
    tables.write_table(scores, table, Score)
    write(scores.with_suffix(".parquet"), table, Score)
    compared = tables.difference_table(
        settings.preset, _comparisons(root, settings), reader, settings.bootstrap, settings.seed
    )
    tables.write_table(differences, compared, tables.Difference)
    read = tables.reader_table(settings.preset, made)
    tables.write_table(readers, read, tables.ReaderScore)
    with replacing(summary) as temporary:
        main = {
            f"{row.perception}/{row.reasoning}/{row.mode}/{row.benchmark}": round(
                100 * row.value, 2
            )
            for row in table
            if (row.seed, row.category, row.metric, row.reader)
            == (tables.ALL_SEEDS, AVERAGE, "accuracy", reader)
        }
        temporary.write_text(json.dumps(main, indent=1, sort_keys=True) + "\n")


def runs(root: Path, settings: Scoring | Exporting | Reporting) -> Iterator[Run]:
    """The runs of a preset, a benchmark and seed each."""
    for run in settings.runs:
        for benchmark in run.benchmarks:
            for seed in run.seeds:
                named = (run.perception, run.reasoning, run.mode)
                yield _run(root, settings, named, benchmark, seed)


def _run(
    root: Path,
    settings: Scoring | Exporting | Reporting,
    run: tuple[str, str, str],
    benchmark: str,
    seed: int,
) -> Run:
    perception, reasoning, mode = run
    folder = root / "answers" / f"seed-{seed}"
    middle = (END_TO_END, perception) if reasoning == END_TO_END else (perception, reasoning)
    names = settings.families if benchmark == FAMILIES else [benchmark]
    return Run(
        str(seed),
        perception,
        reasoning,
        mode,
        benchmark,
        folder.joinpath(*middle, mode, f"{benchmark}.parquet"),
        tuple(root / "data" / name / "test.parquet" for name in names),
    )


def _recalls(root: Path, settings: Scoring) -> Iterator[Recall]:
    """Every perception module's descriptions, where the truth is known."""
    for perception, seeds in settings.descriptions.items():
        for benchmark, facts in settings.facts.items():
            for seed in seeds:
                described = root / "descriptions" / f"seed-{seed}" / perception
                yield Recall(
                    str(seed),
                    perception,
                    benchmark,
                    described / f"{benchmark}.parquet",
                    root / "data" / benchmark / "test.parquet",
                    root / facts,
                )


def _comparisons(root: Path, settings: Scoring) -> Iterator[tables.Comparison]:
    for wanted in settings.comparisons:
        left, right = (
            tuple(
                _run(root, settings, (run[0], run[1], run[2]), benchmark, seed)
                for benchmark in wanted.benchmarks
                for run in side
                for seed in settings.seeds
            )
            for side in (wanted.left, wanted.right)
        )
        yield tables.Comparison(wanted.name, left, right)
