"""A measured number with its interval, and the arithmetic of several."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Estimate:
    """An accuracy or a difference of accuracies, a fraction, with its 95 % interval. `n` counts
    answers, over all seeds that are pooled."""

    value: float
    low: float
    high: float
    n: int

    def __sub__(self, other: Estimate) -> Estimate:
        """The difference of two that are independent: Newcombe's method over their intervals."""
        value = self.value - other.value
        return Estimate(
            value,
            value - math.hypot(self.value - self.low, other.high - other.value),
            value + math.hypot(self.high - self.value, other.value - other.low),
            min(self.n, other.n),
        )


def mean(estimates: Sequence[Estimate | None]) -> Estimate | None:
    """The mean of estimates over the same questions; None where one is missing, and of none.

    The distance to each bound is the mean of the distances: an upper limit, reached when the
    numbers rise and fall together, which numbers over the same questions nearly do.
    """
    known = [estimate for estimate in estimates if estimate is not None]
    if not known or len(known) < len(estimates):
        return None
    if len(known) == 1:
        return known[0]
    share = 1 / len(known)
    return Estimate(
        sum(estimate.value for estimate in known) * share,
        sum(estimate.low for estimate in known) * share,
        sum(estimate.high for estimate in known) * share,
        known[0].n,
    )
