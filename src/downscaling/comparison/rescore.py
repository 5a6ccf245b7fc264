"""Make score tables anew from a reference's graded answers: no model is trained or asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from ..config.scores import Scores as ScoresSettings
from ..records import files
from ..records.files import replacing
from ..records.rows import Question
from ..results.counts import Counts, fact_counts
from ..results.score import score
from ..study.comparisons import Comparison
from ..study.runs import AnswerSet, Run
from . import reference
from .reference import Recalled

TABLES = ("scores.csv", "scores.parquet", "differences.csv", "parsers.csv", "summary.json")


def rescore(folder: Path, out: Path) -> None:
    """Write the score tables of a reference's study into `out`, whole or not at all. They are those
    of the study to the byte.

    Raises RecordError where the reference is missing or damaged.
    """
    known = reference.read(folder)
    with replacing(out) as made:
        score_tables(folder, known.scoring, made)


def is_rescored(folder: Path) -> bool:
    """Whether a folder holds score tables and nothing else."""
    return {path.name for path in folder.iterdir()} <= set(TABLES)


def score_tables(folder: Path, settings: Mapping[str, Any], out: Path) -> None:
    """Write the score tables of a reference's answers (`folder`) into `out`, by the settings of the
    job that scores."""
    questions: dict[str, list[Question]] = defaultdict(list)
    for question in files.read(folder / "questions.parquet", Question):
        questions[question.benchmark].append(question)
    score(
        settings["preset"],
        folder / "graded.parquet",
        questions,
        _described(folder / "recalled.parquet", questions),
        [Comparison.model_validate(one) for one in settings["comparisons"]],
        [str(seed) for seed in settings["seeds"]],
        settings["trained"],
        None,
        ScoresSettings.model_validate(settings["scores"]),
        *(out / name for name in TABLES),
    )


def _described(file: Path, questions: dict[str, list[Question]]) -> dict[AnswerSet, Counts]:
    def whose(row: Recalled) -> AnswerSet:
        return AnswerSet(Run(row.perception, "", ""), row.seed, row.benchmark)

    described = {}
    for key, group in groupby(files.read(file, Recalled), whose):
        rows = list(group)
        by_id = {question.id: question for question in questions[key.benchmark]}
        described[key] = fact_counts(
            key.benchmark,
            [by_id[row.question] for row in rows],
            [row.stated for row in rows],
            [row.misstated for row in rows],
            [row.needed for row in rows],
        )
    return described
