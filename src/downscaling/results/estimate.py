"""A measured number with its interval, and the arithmetic of several."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval: an accuracy or a difference of accuracies, a fraction, and
    what is computed from such. `n` counts answers, over all seeds that are pooled, and of two
    estimates those of the one with fewer; 0 is a number that was not estimated.

    Bounds are combined by their distances from the value, as if the estimates were independent,
    which is too wide where both are over the same questions.
    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (sums and differences; of
    two proportions it is Newcombe's); Donner and Zou (2012), Statistical Methods in Medical
    Research 21, 347-359 (ratios).
    """

    value: float
    low: float
    high: float
    n: int

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """A number that was not estimated."""
        return cls(value, value, value, 0)

    def __add__(self, other: Estimate) -> Estimate:
        value = self.value + other.value
        return Estimate(
            value,
            value - math.hypot(self.value - self.low, other.value - other.low),
            value + math.hypot(self.high - self.value, other.high - other.value),
            self._answers(other),
        )

    def __sub__(self, other: Estimate) -> Estimate:
        return self + other * Estimate.exact(-1.0)

    def __mul__(self, other: Estimate) -> Estimate:
        """Raises ValueError where both are estimated: such a product has no interval here."""
        if self.n and other.n:
            raise ValueError("a product of two estimates has no interval here")
        scaled, factor = (other, self.value) if self.n == 0 else (self, other.value)
        low, high = sorted((scaled.low * factor, scaled.high * factor))
        return Estimate(scaled.value * factor, low, high, self._answers(other))

    def __truediv__(self, other: Estimate) -> Estimate:
        """Raises ZeroDivisionError where the divisor may be nil: its interval, or the mirror image
        of that, reaches 0."""
        if other.n == 0:
            return self * Estimate.exact(1 / other.value)
        if other.low <= 0 or other.high >= 2 * other.value:
            raise ZeroDivisionError("division by an estimate that may be nil")
        product = self.value * other.value

        def bound(mine: float, theirs: float, sign: int) -> float:
            rest = mine * theirs * (2 * self.value - mine) * (2 * other.value - theirs)
            root = math.sqrt(max(0.0, product**2 - rest))
            return (product + sign * root) / (theirs * (2 * other.value - theirs))

        low, high = bound(self.low, other.high, -1), bound(self.high, other.low, 1)
        return Estimate(self.value / other.value, low, high, self._answers(other))

    def _answers(self, other: Estimate) -> int:
        return min(self.n, other.n) if self.n and other.n else self.n or other.n


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
