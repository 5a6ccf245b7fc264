"""Graded answers, set by set."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from ..records.files import read
from ..records.rows import GradedAnswer
from ..study.runs import AnswerSet, Run


def answer_set(row: GradedAnswer) -> AnswerSet:
    """The set that a graded answer belongs to."""
    return AnswerSet(Run(row.perception, row.reasoning, row.mode), row.seed, row.benchmark)


def sets_of(file: Path) -> Iterator[tuple[AnswerSet, list[GradedAnswer]]]:
    """The graded answers of a file, set by set, in its order."""
    for key, rows in groupby(read(file, GradedAnswer), answer_set):
        yield key, list(rows)
