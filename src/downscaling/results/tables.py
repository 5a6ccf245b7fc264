"""The rows of the tables of scores beside `records.rows.Score`.

Every table is one CSV file, a row for each record of one flat kind (`write_table`).
"""

from __future__ import annotations

import dataclasses

ALL_SEEDS = "all"
ACCURACY = "accuracy"


@dataclasses.dataclass(frozen=True)
class Difference:
    """A difference of accuracies (-1..1) with its 95 % interval: a row of `differences.csv`. From
    `training` on its columns are those of `Score`."""

    preset: str
    comparison: str
    benchmark: str
    category: str
    value: float
    low: float
    high: float
    n: int
    training: str
    seeds: int
    sd: float | None
    chance_sd: float | None
    df: float | None
    question_low: float
    question_high: float


@dataclasses.dataclass(frozen=True)
class ParserScore:
    """A run's average under one answer parser: a row of `parsers.csv`. `disagree` is the share of
    the run's questions that not all parsers read alike, the same in each of the run's rows."""

    preset: str
    seed: str
    perception: str
    reasoning: str
    mode: str
    benchmark: str
    parser: str
    accuracy: float
    unreadable: float
    disagree: float
    n: int
