"""What a plan assumes of the data, because the configuration does not say it: lengths and sizes.

Lengths are means in tokens: of rendered data in `miniature.toml`, of the study's own in
`published.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Conversation:
    """The mean training conversation of a set.

    Attributes:
        text: tokens without those of images.
        images: how many it shows.
        tiled, views: tokens of its images and passes of the tower where a single image is cut into
            AnyRes tiles; 0 for a set of several images a conversation, each of which takes one
            view.
        turns: questions.
        shown: share of the conversations with an image.
    """

    text: float = 0
    images: float = 1
    tiled: float = 0
    views: float = 0
    turns: float = 1
    shown: float = 1

    def image_tokens(self, scheme: str, view: int) -> float:
        """Tokens of its images.

        Args:
            scheme: "base", or one of tiles.
            view: tokens of an image of one view.
        """
        return self.tiled if scheme != "base" and self.tiled else self.images * view

    def passes(self, scheme: str) -> float:
        """Passes of the vision tower."""
        return self.views if scheme != "base" and self.views else self.images


@dataclass(frozen=True)
class Lengths:
    """Means over evaluation, in tokens: what stands in a prompt beside image and description, and
    what a model writes (a cap in the configuration cuts it)."""

    observe: float
    perceive: float
    reason: float
    evaluate: float
    phrase: float
    description: float
    answer: float
    thinking: float
    reply: float


@dataclass(frozen=True)
class Assumptions:
    """What a plan assumes of rendered, or of published, data.

    Attributes:
        sets: the mean conversation of each training set.
        question: the mean question of evaluation, without its text.
        image_bytes: of one image.
        guessed: the sets of whose conversations nothing is known.
    """

    sets: Mapping[str, Conversation]
    question: Conversation
    lengths: Lengths
    image_bytes: int
    guessed: Sequence[str] = ()

    def knowing(self, names: Iterable[str]) -> Assumptions:
        """The same, with the mean of all sets for each of these that nothing is assumed of."""
        known = [astuple(one) for one in self.sets.values()]
        mean = Conversation(*(sum(values) / len(known) for values in zip(*known, strict=True)))
        guessed = [name for name in names if name not in self.sets]
        return replace(self, sets={**self.sets, **dict.fromkeys(guessed, mean)}, guessed=guessed)


TEACHER_PARAMETERS = 8_200_000_000
TEACHER_TOKENS = 1_100
"""Qwen3-VL-8B: parameters of its language model, tokens a step and image."""

PRETRAINING_QUESTION = 40
"""Tokens that a question of the miniature's pretraining takes, with its share of the
description."""


def miniature() -> Assumptions:
    """What is assumed of rendered data."""
    return _read("miniature.toml")


def published() -> Assumptions:
    """What is assumed of the published data."""
    return _read("published.toml")


@cache
def _read(file: str) -> Assumptions:
    values = tomllib.loads((resources.files(__package__) / file).read_text("utf-8"))
    return Assumptions(
        sets={name: Conversation(**mean) for name, mean in values["sets"].items()},
        question=Conversation(**values["question"]),
        lengths=Lengths(**values["lengths"]),
        image_bytes=values["image_bytes"],
    )
