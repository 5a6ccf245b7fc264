"""The averages of a study by which a run is compared: one a run and benchmark."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..records.categories import AVERAGE
from ..records.rows import Score
from ..results.tables import ACCURACY, ALL_SEEDS

Key = tuple[str, str, str, str]
"""Perception, reasoning, mode and benchmark."""


@dataclass(frozen=True)
class Average:
    """The accuracy of a run on a benchmark, a fraction: a row of `averages.csv`. `mean` is over
    seeds, `sd` the standard deviation of one seed (0 where there is one), `low` and `high` bound
    what the draw of questions alone adds (95 %); `questions` are those of one seed."""

    perception: str
    reasoning: str
    mode: str
    benchmark: str
    mean: float
    sd: float
    low: float
    high: float
    seeds: int
    questions: int

    @property
    def key(self) -> Key:
        """Which average it is."""
        return self.perception, self.reasoning, self.mode, self.benchmark


def averages(scores: Iterable[Score], parser: str) -> list[Average]:
    """The averages of a score table under one answer parser, in their order."""
    rows: dict[Key, list[Score]] = defaultdict(list)
    for row in scores:
        if (row.category, row.metric, row.parser) == (AVERAGE, ACCURACY, parser):
            rows[row.perception, row.reasoning, row.mode, row.benchmark].append(row)
    return [_average(key, of_run) for key, of_run in rows.items()]


def _average(key: Key, rows: Sequence[Score]) -> Average:
    pooled = next(row for row in rows if row.seed == ALL_SEEDS)
    values = [row.value for row in rows if row.seed != ALL_SEEDS]
    sd = statistics.stdev(values) if len(values) > 1 else 0.0
    count = len(values)
    bounds = pooled.question_low, pooled.question_high
    return Average(*key, pooled.value, sd, *bounds, count, pooled.n // count)
