"""The phases of pretraining: which kinds of questions, asked how, in documents of which length."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from .questions import KINDS

WEIGHTS = {
    "color": 2.0,
    "shape": 2.5,
    "size": 1.5,
    "place": 2.0,
    "at": 3.0,
    "relation": 4.0,
    "beside": 3.0,
    "same-color": 3.0,
    "extreme": 2.5,
    "count-size": 1.5,
    "digit": 1.5,
    "knowledge": 1.5,
    "missing": 0.6,
    "name": 0.4,
}
"""What must be found among several things takes longest to learn, and is asked more often."""


@dataclasses.dataclass(frozen=True)
class Phase:
    """A part of pretraining and what its documents hold.

    Attributes:
        until: the share of all steps at which it ends.
        kinds: of questions.
        questions: how many a document asks.
        modes: how they are asked and answered, by share.
        listing: the share of documents in which a listing stands in place of half the questions.
        observing: the share of documents about what to observe for a question, and as many again
            compare descriptions.
        weights: how often each kind is asked, 1 where nothing is said.
    """

    until: float
    kinds: tuple[str, ...]
    questions: int
    modes: Mapping[str, float]
    listing: float
    observing: float
    weights: Mapping[str, float] = dataclasses.field(default_factory=lambda: WEIGHTS)


BASIC = ("color", "shape", "size", "place", "at", "sign", "digit", "background", "quality")
PHASES = (
    Phase(
        until=0.15,
        kinds=BASIC,
        questions=1,
        modes={"open": 0.5, "think": 0.3, "plain": 0.2},
        listing=0.35,
        observing=0.0,
    ),
    Phase(
        until=0.5,
        kinds=tuple(KINDS),
        questions=2,
        modes={"open": 0.25, "think": 0.35, "choice": 0.15, "plain": 0.25},
        listing=0.15,
        observing=0.05,
    ),
    Phase(
        until=1.0,
        kinds=tuple(KINDS),
        questions=4,
        modes={"open": 0.1, "think": 0.3, "choice": 0.15, "plain": 0.45},
        listing=0.15,
        observing=0.05,
    ),
)
"""Short documents first: a question that follows others has more words to be found among, and what
finds a word, on which everything else rests, is learned several times sooner from one question that
stands in one place of a description."""

REVIEW = Phase(
    until=1.0,
    kinds=tuple(KINDS),
    questions=2,
    modes={"open": 0.1, "think": 0.3, "choice": 0.1, "plain": 0.5},
    listing=0.1,
    observing=0.05,
    weights=WEIGHTS
    | {"relation": 10.0, "beside": 8.0, "same-color": 5.0, "size": 4.0, "extreme": 4.0},
)
"""A last, shorter course on what takes two places of a description, in short documents again."""


def phase_at(share: float) -> Phase:
    """The phase in which pretraining is after this share of its steps."""
    return next((phase for phase in PHASES if share < phase.until), PHASES[-1])
