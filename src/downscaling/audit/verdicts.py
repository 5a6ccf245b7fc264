"""Every verdict and its rule, in words and in code."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from enum import StrEnum

from ..results.estimate import SEEN_ONCE
from .hypothesis import ALPHA, Hypothesis
from .statements import Number, Relation


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
    SEEN_ONCE = "seen in one training run"
    OPPOSITE_SEEN_ONCE = "opposite seen in one training run"
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not run"
    NOT_JUDGED = "not judged"


AGAINST = (Measured.CONTRADICTED, Measured.OPPOSITE_SEEN_ONCE)
"""The verdicts that speak against the paper."""

MEASURED = {
    Measured.REPRODUCED: "the run shows it, with p below 0.05 after Holm's correction; a count, "
    "which has no p, lies within its tolerance",
    Measured.CONTRADICTED: "the run shows its opposite, with p as small; a count lies beyond its "
    "tolerance",
    Measured.SEEN_ONCE: "as reproduced, but a model was trained, once, and how far trainings lie "
    "apart is not known: p and interval hold the draw of questions alone",
    Measured.OPPOSITE_SEEN_ONCE: "as contradicted, with the same reserve",
    Measured.INCONCLUSIVE: "the run shows neither; the audit says how many answers, or trainings, "
    "would, were the effect as measured",
    Measured.NOT_RUN: "the run does not hold a score that it needs, or it is about no score at all",
    Measured.NOT_JUDGED: "a number of the published study, or a count of its samples, beside one "
    "from a world of another size; anything beside what a rehearsal measured",
}
"""The rule of each verdict on a run, in words; `judge_measured` is the same in code, and
`judge_count` of what was counted."""

CLAIMS = {
    Measured.CONTRADICTED: "a part of it is contradicted",
    Measured.OPPOSITE_SEEN_ONCE: "the opposite of a part of it was seen in one training run",
    Measured.NOT_RUN: "no part of it was run",
    Measured.NOT_JUDGED: "no part of it that was run is judged",
    Measured.REPRODUCED: "every part of it is reproduced",
    Measured.SEEN_ONCE: "every part of it is reproduced or was seen in one training run",
    Measured.INCONCLUSIVE: "anything else",
}
"""The verdict on a claim from those on its parts, in words: the first that applies;
`judge_claim` is the same in code."""

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


def judge_measured(hypothesis: Hypothesis, corrected: float) -> Measured:
    """The verdict on a hypothesis; `corrected` is Holm's p-value of its test."""
    if corrected >= ALPHA:
        return Measured.INCONCLUSIVE
    in_favour, against = hypothesis.evidence()
    if hypothesis.difference.training.kind == SEEN_ONCE:
        return Measured.SEEN_ONCE if in_favour < against else Measured.OPPOSITE_SEEN_ONCE
    return Measured.REPRODUCED if in_favour < against else Measured.CONTRADICTED


def judge_count(difference: float, published: float, unit: str) -> Measured:
    """The verdict on what was counted, or follows from counts; a unit without a tolerance of its
    own is one of samples."""
    within = TOLERANCES.get(unit, COUNT_TOLERANCE * abs(published))
    return Measured.REPRODUCED if abs(difference) <= within else Measured.CONTRADICTED


def judge_claim(parts: Iterable[Measured]) -> Measured:
    """The verdict on a claim from those on its parts."""
    verdicts = set(parts)
    for opposite in AGAINST:
        if opposite in verdicts:
            return opposite
    if verdicts in ({Measured.NOT_RUN}, {Measured.REPRODUCED}):
        return verdicts.pop()
    if verdicts <= {Measured.NOT_RUN, Measured.NOT_JUDGED}:
        return Measured.NOT_JUDGED
    if verdicts <= {Measured.REPRODUCED, Measured.SEEN_ONCE}:
        return Measured.SEEN_ONCE
    return Measured.INCONCLUSIVE
