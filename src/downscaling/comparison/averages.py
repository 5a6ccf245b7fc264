"""The averages of a study by which a run is compared: one a run and benchmark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..records.rows import Score
from ..results.spread import Spread, spread
from ..results.tables import ACCURACY, ALL_SEEDS, AVERAGE

Key = tuple[str, str, str, str]
"""Perception, reasoning, mode and benchmark."""


@dataclass(frozen=True)
class Average:
    """The accuracy of a run on a benchmark, a fraction: the mean over `trainings`, and the standard
    deviation between them (0 of one). `low` and `high` are the 95 % interval that holds the draw of
    `questions`; a reference has none."""

    value: float
    deviation: float
    trainings: int
    questions: int
    low: float | None = None
    high: float | None = None


def of_spread(rows: Iterable[Spread], parser: str) -> dict[Key, Average]:
    """The averages of a study with several seeds, in their order."""
    return {
        (row.perception, row.reasoning, row.mode, row.benchmark): Average(
            row.mean, row.sd, row.seeds, row.n
        )
        for row in rows
        if (row.category, row.metric, row.parser) == (AVERAGE, ACCURACY, parser)
    }


def of_scores(scores: list[Score], parser: str) -> dict[Key, Average]:
    """The averages of a results folder's score table, in their order."""
    pooled = {
        (row.perception, row.reasoning, row.mode, row.benchmark): row
        for row in scores
        if (row.seed, row.category, row.metric, row.parser)
        == (ALL_SEEDS, AVERAGE, ACCURACY, parser)
    }
    return {
        key: Average(
            one.value,
            one.deviation,
            one.trainings,
            one.questions,
            pooled[key].low,
            pooled[key].high,
        )
        for key, one in of_spread(spread(scores, parser), parser).items()
    }
