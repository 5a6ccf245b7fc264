"""What became of one answer, and which module is to blame where it is wrong."""

from __future__ import annotations

import dataclasses
from enum import StrEnum

from ..records.rows import GradedAnswer
from ..scoring.matching import is_right


class Outcome(StrEnum):
    """What became of one answer."""

    RIGHT = "right"
    READ_WRONGLY = "read wrongly"
    CUT_OFF = "cut off"
    PERCEPTION = "perception failed"
    REASONING = "reasoning failed"
    BOTH = "both failed"
    WRONG = "wrong"


RULES = {
    Outcome.RIGHT: "the study's answer parser finds the right option in it",
    Outcome.READ_WRONGLY: "another of the parsers finds the right option in it",
    Outcome.CUT_OFF: "it was cut at the cap on tokens before it was complete",
    Outcome.WRONG: "which module failed is not known: one model did both, or there is no gold "
    "description to compare with",
    Outcome.PERCEPTION: "the description lacks a fact that the question needs, and from the gold "
    "description the same reasoner answers rightly",
    Outcome.BOTH: "the description lacks a fact that the question needs, and from the gold "
    "description the same reasoner answers wrongly too",
    Outcome.REASONING: "the description holds every fact that the question needs",
}
"""The rule of each outcome, in words: the first that applies; `judge` is the same in code."""


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What is known of a question beside an answer to it. `told`: the description holds every fact
    that the question needs; `able`: the same reasoner, in the same mode and with the same seed,
    answers rightly from the gold description."""

    told: bool
    able: bool


def judge(answer: GradedAnswer, parser: str, evidence: Evidence | None) -> Outcome:
    """The outcome of an answer under the study's parser; `evidence` is None where none is known."""
    right = {parse.parser: is_right(parse.worth) for parse in answer.parses}
    if right[parser]:
        return Outcome.RIGHT
    if any(right.values()):
        return Outcome.READ_WRONGLY
    if answer.truncated:
        return Outcome.CUT_OFF
    if evidence is None:
        return Outcome.WRONG
    if evidence.told:
        return Outcome.REASONING
    return Outcome.PERCEPTION if evidence.able else Outcome.BOTH
