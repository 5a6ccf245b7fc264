"""Tests of what a run measured, with the interval's own distribution."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

from ..scoring.two_level import combined_arm, p_value

if TYPE_CHECKING:
    from ..results.estimate import Estimate

ALPHA = 0.05
"""The corrected p-value below which a test decides."""

_POWER = NormalDist().inv_cdf(0.8)  # standard errors by which four of five runs reach further
_ERRORS = NormalDist().inv_cdf(0.975)  # standard errors in half of a 95 % interval
_MOST_ANSWERS, _MOST_SEEDS = 10**12, 1000


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """That a difference lies above 0; or, where `within` is given, no further than that from it."""

    difference: Estimate
    within: float | None = None

    def evidence(self) -> tuple[float, float]:
        """One-sided p-values of the evidence for the hypothesis, and against it.

        Being within bounds is two one-sided tests, of which the weaker counts.
        Source: Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.
        """
        if self.within is None:
            return self._beyond(0, 1), self._beyond(0, -1)
        inside = max(self._beyond(-self.within, 1), self._beyond(self.within, -1))
        return inside, min(self._beyond(self.within, 1), self._beyond(-self.within, -1))

    @property
    def p(self) -> float:
        """Two-sided: the smaller of the two, doubled."""
        return min(1.0, 2 * min(self.evidence()))

    def answers_needed(self, tests: int) -> int | None:
        """How many answers of the same trainings would settle it in 80 % of runs, if the effect is
        as measured and this is the strictest of so many tests; None where none would."""
        n = self.difference.n
        return _least(lambda answers: self._settles(tests, answers / n, 1.0), _MOST_ANSWERS)

    def seeds_needed(self, tests: int, seeds: int) -> int | None:
        """The same in trainings, each asked as many questions as now, of which there are `seeds`;
        None also where it is not known how far trainings lie apart."""
        if not self.difference.training.error:
            return None
        return _least(lambda wanted: self._settles(tests, 1.0, wanted / seeds, wanted), _MOST_SEEDS)

    def _settles(self, tests: int, answers: float, trainings: float, seeds: int = 0) -> bool:
        """Whether so many times the answers, or the trainings, would do."""
        difference, training = self.difference, self.difference.training
        bounds = [0.0] if self.within is None else [-self.within, self.within]
        gap = min(abs(difference.value - bound) for bound in bounds)
        arm = sum(difference.arms) / 2 / math.sqrt(answers)
        error = training.error / math.sqrt(trainings)
        if gap == 0 or (arm == 0 and error == 0):
            return False
        df = max(training.df, seeds - 1.0)
        critical = combined_arm(arm, error, df, ALPHA / tests)
        return gap >= critical + _POWER * math.hypot(arm / _ERRORS, error)

    def _beyond(self, bound: float, side: int) -> float:
        """p-value of the evidence that the true difference lies above (1) or below (-1) a bound.

        The arm of the questions is that towards the bound. An interval without width is no
        evidence: a handful of questions that were all answered alike has one.
        """
        difference, training = self.difference, self.difference.training
        gap = difference.value - bound
        arm = difference.arms[0 if gap > 0 else 1]
        half = p_value(gap, arm, training.error, training.df) / 2
        return half if gap * side > 0 else 1 - half


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for how many there are.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    corrected, least = [0.0] * len(p_values), 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, p_values[index] * (len(p_values) - place)))
        corrected[index] = least
    return corrected


def _least(is_enough: Callable[[int], bool], most: int) -> int | None:
    """The least number that is enough, where any larger one is; None if `most` is not."""
    if not is_enough(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
