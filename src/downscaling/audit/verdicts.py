"""Every verdict and its rule, in words and in code."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING

from .statements import Number, Relation

if TYPE_CHECKING:
    from ..results.estimate import Estimate


class Printed(StrEnum):
    """What can be said of a printed number or claim from other printed numbers."""

    HOLDS = "holds"
    ROUNDING = "holds within rounding"
    FAILS = "does not hold"
    UNKNOWN = "cannot be recomputed"


PRINTED = {
    Printed.HOLDS: "it follows from the printed numbers as they stand: what they give rounds to "
    "what is printed, either way at a tie, or stands to it as claimed",
    Printed.ROUNDING: "it does not follow from them as they stand, but from numbers that round to "
    "them; ranges that do no more than touch are not enough, as every number would lie at the edge "
    "of its rounding",
    Printed.FAILS: "no numbers that round to the printed ones give it",
    Printed.UNKNOWN: "a number that it needs is not printed",
}
"""The rule of each verdict on the paper itself, in words; `judge_printed` is the same in code."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """What was found of one printed number or claim."""

    id: str
    verdict: Printed
    published: str
    recomputed: str
    note: str


def judge_printed(left: Number, relation: Relation, right: Number) -> Printed:
    """The verdict on `left relation right`, both computed from printed numbers."""
    if relation == "=":
        as_it_stands = right.low <= left.value <= right.high
        within_rounding = left.low < right.high and right.low < left.high
    else:
        more = left.value > right.value
        as_it_stands = more or (relation == ">=" and left.value == right.value)
        within_rounding = left.high > right.low
    if as_it_stands:
        return Printed.HOLDS
    return Printed.ROUNDING if within_rounding else Printed.FAILS


class Measured(StrEnum):
    """What can be said of a published number or claim from a run."""

    REPRODUCED = "reproduced"
    CONTRADICTED = "contradicted"
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not run"
    NOT_JUDGED = "not judged"


MEASURED = {
    Measured.REPRODUCED: "the run shows it, with p below 0.05 after Holm's correction; a count, "
    "which has no p, lies within its tolerance",
    Measured.CONTRADICTED: "the run shows its opposite, with p as small; a count lies beyond its "
    "tolerance",
    Measured.INCONCLUSIVE: "the run shows neither; the audit says how many answers would, were the "
    "effect as measured",
    Measured.NOT_RUN: "the run does not hold a score that it needs, or it is about no score at all",
    Measured.NOT_JUDGED: "a number of the published study, or a count of its samples, beside one "
    "from a world of another size",
}
"""The rule of each verdict on a run, in words; `judge_measured` is the same in code, and
`judge_count` of what was counted."""

CLAIMS = {
    Measured.CONTRADICTED: "a part of it is contradicted",
    Measured.NOT_RUN: "no part of it was run",
    Measured.NOT_JUDGED: "no part of it that was run is judged",
    Measured.REPRODUCED: "every part of it is reproduced",
    Measured.INCONCLUSIVE: "anything else",
}
"""The verdict on a claim from those on its parts, in words: the first that applies;
`judge_claim` is the same in code."""

ALPHA, POWER = 0.05, 0.8
TOLERANCES = {
    "% accuracy": 2.0,
    "points": 2.0,
    "fraction accuracy": 0.02,
    "% relative": 3.0,
    "%": 3.0,
}
"""How far a measured number may lie from the published one, by the unit of both."""
COUNT_TOLERANCE = 0.05
"""How far a count of samples may lie from the published one, as a share of it."""

_NORMAL = NormalDist()
_INTERVAL = _NORMAL.inv_cdf(0.975)  # the standard errors in half of a 95 % interval


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
        """How many answers would settle it in 80 % of runs, if the effect is as measured and this
        is the strictest of so many tests; None where none would."""
        difference = self.difference
        bounds = [0.0] if self.within is None else [-self.within, self.within]
        gap = min(abs(difference.value - bound) for bound in bounds)
        error = (difference.high - difference.low) / 2 / _INTERVAL
        if gap == 0 or error == 0:
            return None
        wanted = _NORMAL.inv_cdf(1 - ALPHA / 2 / tests) + _NORMAL.inv_cdf(POWER)
        return math.ceil(difference.n * (wanted * error / gap) ** 2)

    def _beyond(self, bound: float, side: int) -> float:
        """p-value of the evidence that the true difference lies above (1) or below (-1) a bound.

        The standard error is that of the interval's arm towards the bound. An arm without width
        is no evidence: a handful of questions that were all answered alike has one.
        """
        difference = self.difference
        gap = difference.value - bound
        arm = difference.value - difference.low if gap > 0 else difference.high - difference.value
        return _NORMAL.cdf(-side * gap * _INTERVAL / arm) if arm > 0 else 0.5


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for how many there are.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    corrected, least = [0.0] * len(p_values), 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, p_values[index] * (len(p_values) - place)))
        corrected[index] = least
    return corrected


def judge_measured(hypothesis: Hypothesis, corrected: float) -> Measured:
    """The verdict on a hypothesis; `corrected` is Holm's p-value of its test."""
    if corrected >= ALPHA:
        return Measured.INCONCLUSIVE
    in_favour, against = hypothesis.evidence()
    return Measured.REPRODUCED if in_favour < against else Measured.CONTRADICTED


def judge_count(difference: float, published: float, unit: str) -> Measured:
    """The verdict on what was counted, or follows from counts; a unit without a tolerance of its
    own is one of samples."""
    within = TOLERANCES.get(unit, COUNT_TOLERANCE * abs(published))
    return Measured.REPRODUCED if abs(difference) <= within else Measured.CONTRADICTED


def judge_claim(parts: Iterable[Measured]) -> Measured:
    """The verdict on a claim from those on its parts."""
    verdicts = set(parts)
    if Measured.CONTRADICTED in verdicts:
        return Measured.CONTRADICTED
    if verdicts in ({Measured.NOT_RUN}, {Measured.REPRODUCED}):
        return verdicts.pop()
    if verdicts <= {Measured.NOT_RUN, Measured.NOT_JUDGED}:
        return Measured.NOT_JUDGED
    return Measured.INCONCLUSIVE
