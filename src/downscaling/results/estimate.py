"""A measured number with its interval, and the arithmetic of several."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Iterable, Sequence
from functools import reduce

from ..scoring.two_level import combined_arm

UNTRAINED, SEEDS, REFERENCE, SEEN_ONCE = "none", "seeds", "reference", "seen once"
"""What of training an interval holds: there was none; the spread over this study's seeds; that of a
reference; nothing. What is made of several has the last of theirs."""

_ORDER = (UNTRAINED, SEEDS, REFERENCE, SEEN_ONCE)

Bounds = tuple[float, float]
"""The least and the most that a number can be; its interval reaches no further."""
OF_ACCURACY: Bounds = (0.0, 1.0)
OF_DIFFERENCE: Bounds = (-1.0, 1.0)
_NONE: Bounds = (-math.inf, math.inf)


@dataclasses.dataclass(frozen=True)
class Training:
    """What training adds to an interval: its standard error with degrees of freedom, both 0 where
    it adds nothing. `sd` is the standard deviation over seeds of a number that was measured as it
    stands; None of what is computed from several, and where it is not known."""

    kind: str = UNTRAINED
    error: float = 0.0
    df: float = 0.0
    sd: float | None = None

    def times(self, factor: float) -> Training:
        """That of a multiple."""
        error = abs(factor) * self.error if self.error else 0.0
        return Training(self.kind, error, self.df if error else 0.0)

    def beside(self, other: Training) -> Training:
        """That of a sum with something independent.

        Source: Satterthwaite (1946), Biometrics Bulletin 2, 110-114 (degrees of freedom).
        """
        known = [one for one in (self, other) if one.error]
        error = math.hypot(*(one.error for one in known))
        doubt = sum(one.error**4 / one.df for one in known)
        return Training(_last((self, other)), error, error**4 / doubt if known else 0.0)


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval: an accuracy or a difference of accuracies, a fraction, and
    what is computed from such. The interval holds the draw of questions, and of training what
    `training` says, and ends at the bounds; `questions` are its ends if it held the questions alone
    and had no bounds. `n` counts answers, over all seeds that are pooled, and of two estimates
    those of the one with fewer; 0 is a number that was not estimated.

    Ends are combined by their distances from the value, as if the estimates were independent,
    which is too wide where both are over the same questions.
    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (sums and differences; of
    two proportions it is Newcombe's); Donner and Zou (2012), Statistical Methods in Medical
    Research 21, 347-359 (ratios).
    """

    value: float
    low: float
    high: float
    n: int
    training: Training = Training()
    questions: tuple[float, float] | None = None
    """None where they are the interval's own"""
    bounds: Bounds = _NONE

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """A number that was not estimated."""
        return cls(value, value, value, 0, bounds=(value, value))

    @classmethod
    def of(
        cls,
        value: float,
        arms: tuple[float, float],
        n: int,
        training: Training,
        bounds: Bounds,
    ) -> Estimate:
        """A number from the arms, down and up, that its questions give its interval."""
        down, up = (combined_arm(arm, training.error, training.df) for arm in arms)
        least, most = bounds
        ends = max(least, value - down), min(most, value + up)
        questions = value - arms[0], value + arms[1]
        return cls(value, *ends, n, training, None if questions == ends else questions, bounds)

    @property
    def arms(self) -> tuple[float, float]:
        """How far down and up the interval would reach if it held the questions alone."""
        low, high = self.questions or (self.low, self.high)
        return self.value - low, high - self.value

    def __add__(self, other: Estimate) -> Estimate:
        down, up = (math.hypot(*both) for both in zip(self.arms, other.arms, strict=True))
        training = self.training.beside(other.training)
        bounds = self.bounds[0] + other.bounds[0], self.bounds[1] + other.bounds[1]
        value, n = self.value + other.value, self._answers(other)
        return Estimate.of(value, (down, up), n, training, bounds)

    def __sub__(self, other: Estimate) -> Estimate:
        return self + other * Estimate.exact(-1.0)

    def __mul__(self, other: Estimate) -> Estimate:
        """Raises ValueError where both are estimated: such a product has no interval here."""
        if self.n and other.n:
            raise ValueError("a product of two estimates has no interval here")
        scaled, factor = (other, self.value) if self.n == 0 else (self, other.value)
        down, up = (abs(factor) * arm for arm in scaled.arms)
        arms = (down, up) if factor >= 0 else (up, down)
        training = scaled.training.times(factor)
        least, most = sorted(factor * end if factor else 0.0 for end in scaled.bounds)
        value, n = scaled.value * factor, self._answers(other)
        return Estimate.of(value, arms, n, training, (least, most))

    def __truediv__(self, other: Estimate) -> Estimate:
        """Raises ZeroDivisionError where the divisor may be nil: without bounds its interval, or
        the mirror image of that, would reach 0."""
        if other.n == 0:
            return self * Estimate.exact(1 / other.value)
        theirs = other.training
        if max(combined_arm(arm, theirs.error, theirs.df) for arm in other.arms) >= other.value:
            raise ZeroDivisionError("division by an estimate that may be nil")
        product, ratio = self.value * other.value, self.value / other.value

        def bound(mine: float, theirs: float, sign: int) -> float:
            rest = mine * theirs * (2 * self.value - mine) * (2 * other.value - theirs)
            root = math.sqrt(max(0.0, product**2 - rest))
            return (product + sign * root) / (theirs * (2 * other.value - theirs))

        down, up = self.arms
        below, above = other.arms
        low = bound(self.value - down, other.value + above, -1)
        high = bound(self.value + up, other.value - below, 1)
        # Of training the variance of a ratio: Cochran (1977), Sampling Techniques, section 6.3.
        training = self.training.beside(other.training.times(ratio)).times(1 / other.value)
        bounds = (0.0, math.inf) if min(self.bounds[0], other.bounds[0]) >= 0 else _NONE
        arms = ratio - low, high - ratio
        return Estimate.of(ratio, arms, self._answers(other), training, bounds)

    def _answers(self, other: Estimate) -> int:
        return min(self.n, other.n) if self.n and other.n else self.n or other.n


def summed(values: Iterable[float]) -> float:
    """The sum of numbers, added from left to right: the same on every Python. `sum` corrects its
    rounding from 3.12 on."""
    return reduce(operator.add, values, 0.0)


def total(estimates: Sequence[Estimate]) -> Estimate:
    """The sum of independent estimates."""
    return reduce(Estimate.__add__, estimates)


def mean(estimates: Sequence[Estimate | None]) -> Estimate | None:
    """The mean of estimates over the same questions; None where one is missing, and of none.

    Each arm is the mean of the arms, and the error of training the mean of the errors: an upper
    limit, reached when the numbers rise and fall together, which numbers over the same questions,
    or of the same trainings, nearly do.
    """
    known = [estimate for estimate in estimates if estimate is not None]
    if not known or len(known) < len(estimates):
        return None
    if len(known) == 1:
        return known[0]
    share = 1 / len(known)
    down, up = (share * summed(arm) for arm in zip(*(one.arms for one in known), strict=True))
    trainings = [one.training for one in known]
    training = Training(
        _last(trainings),
        share * summed(one.error for one in trainings),
        min((one.df for one in trainings if one.error), default=0.0),
    )
    least, most = (share * summed(end) for end in zip(*(one.bounds for one in known), strict=True))
    value = share * summed(one.value for one in known)
    return Estimate.of(value, (down, up), known[0].n, training, (least, most))


def _last(trainings: Iterable[Training]) -> str:
    return max((one.kind for one in trainings), key=_ORDER.index)
