"""What training adds to the intervals of a study's numbers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from ..records.rows import SpreadRow
from ..scoring.two_level import Spread, question_arm
from ..study.runs import Run
from .estimate import REFERENCE, SEEDS, SEEN_ONCE, UNTRAINED, Bounds, Estimate, Training
from .spread import NumberKey


class Columns(NamedTuple):
    """How every row of a score table ends; see `records.rows.Score`."""

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
class Trainings:
    """Which modules were trained, each once a seed; and how far trainings of the recipe lie apart
    in a reference, by number, where there is one."""

    modules: Collection[str] = ()
    reference: Mapping[NumberKey, SpreadRow] = dataclasses.field(default_factory=dict)

    def touch(self, runs: Iterable[Run]) -> bool:
        """Whether one of the runs rests on a trained module."""
        return any(run.perception in self.modules for run in runs)

    def untouched(self, interval: tuple[float, float, float], n: int) -> Columns:
        """How a row ends that no training touches: `interval` is value, low and high."""
        return self._alone(interval, n, UNTRAINED, 0)

    def once(self, interval: tuple[float, float, float], n: int) -> Columns:
        """How a row ends that is about one training."""
        return self._alone(interval, n, SEEN_ONCE, 1)

    def over_seeds(
        self,
        key: NumberKey,
        interval: tuple[float, float, float],
        n: int,
        seeds: int,
        own: Spread | None,
        bounds: Bounds,
    ) -> Columns:
        """How a row ends that stands for any training of the recipe.

        Of the spread over this study's seeds and that of the reference, the one with more degrees
        of freedom counts; they are not pooled, since both may hold the same trainings.

        Args:
            key: which number it is.
            interval: value, low and high, as the draw of questions has them.
            n: answers behind it.
            seeds: trainings behind it.
            own: the spread over them; None of one.
            bounds: the least and the most that the number can be.
        """
        told = self.reference.get(key)
        kind, spread = SEEDS, own
        if told and (own is None or told.seeds - 1 > own.df):
            kind, spread = REFERENCE, Spread(told.sd, told.chance_sd, told.seeds - 1.0)
        if spread is None:
            return self.once(interval, n)
        value, low, high = interval
        down, up = (question_arm(arm, spread, seeds) for arm in (value - low, high - value))
        training = Training(kind, spread.sd / math.sqrt(seeds), spread.df, spread.sd)
        number = Estimate.of(value, (down, up), n, training, bounds)
        known = (spread.sd, spread.chance_sd, spread.df)
        questions = value - down, value + up
        return Columns(value, number.low, number.high, n, kind, seeds, *known, *questions)

    def _alone(
        self, interval: tuple[float, float, float], n: int, kind: str, seeds: int
    ) -> Columns:
        """How a row ends whose interval holds the questions alone."""
        _, low, high = interval
        return Columns(*interval, n, kind, seeds, None, None, None, low, high)
