"""Every verdict and its rule, in words and in code."""

from __future__ import annotations

import dataclasses
from enum import StrEnum

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
