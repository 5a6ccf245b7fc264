"""How scores differ between trainings of one recipe: the spread over seeds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..records.rows import Score
from .tables import ALL_SEEDS


@dataclass(frozen=True)
class Spread:
    """A score over seeds: a row of `spread.csv`. `mean` and `sd` (standard deviation of one seed,
    0 of one seed) are fractions, over `seeds` seeds; n counts what one seed's score is over."""

    perception: str
    reasoning: str
    mode: str
    benchmark: str
    category: str
    metric: str
    parser: str
    mean: float
    sd: float
    seeds: int
    n: int


def spread(scores: Iterable[Score], parser: str) -> list[Spread]:
    """The spread of each score that one parser, or none, made."""
    groups: dict[tuple[str, ...], list[Score]] = defaultdict(list)
    for row in scores:
        if row.seed != ALL_SEEDS and row.parser in (parser, ""):
            names = (row.perception, row.reasoning, row.mode, row.benchmark, row.category)
            groups[*names, row.metric, row.parser].append(row)
    return [
        Spread(
            *names,
            statistics.fmean(row.value for row in rows),
            statistics.stdev(row.value for row in rows) if len(rows) > 1 else 0.0,
            len(rows),
            rows[0].n,
        )
        for names, rows in groups.items()
    ]
