"""A teacher that is a vision-language model: what it is asked, and how its replies are read."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ..config.teacher import Asking
from ..prompts.templates import Prompts
from ..records.files import seed_of
from .teacher import Failed

_MARK = re.compile(
    r"(?:(?:statement|sentence)\s*)?(?:\(?\d{1,3}[.):]|[-*\u2022\u2013])\s+", re.IGNORECASE
)


@dataclasses.dataclass(frozen=True)
class Ask:
    """One request of an engine: a text and the images that stand before it. `seed` (63 bits) is
    what a drawn reply depends on besides."""

    text: str
    images: tuple[Path, ...]
    seed: int


@dataclasses.dataclass(frozen=True)
class Reply:
    """What a model wrote. `truncated`: cut at the cap."""

    text: str
    truncated: bool


class Engine(Protocol):
    """Gets a model's replies."""

    def replies(
        self, asks: Sequence[Ask], max_new_tokens: int
    ) -> Iterator[Mapping[int, Reply | Failed]]:
        """A reply to each request by its place, some at a time, as they are finished."""
        ...


class Prompted:
    """A teacher that asks an engine. root: the preset's folder, from which image paths start."""

    def __init__(
        self, engine: Engine, asking: Asking, prompts: Prompts, root: Path, seed: int
    ) -> None:
        self._engine, self._asking, self._prompts = engine, asking, prompts
        self._root, self._seed = root, seed

    def statements(
        self,
        images: Sequence[Sequence[str]],
        pairs: Sequence[Sequence[tuple[str, str]]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, list[str] | Failed]]:
        """For each request a sentence per pair, from the text alone, as in the official code."""
        asks = [
            Ask(text, (), seed_of(self._seed, "statements", attempt, text, *shown))
            for shown, text in zip(images, map(self._prompts.stating, pairs), strict=True)
        ]
        for finished in self._engine.replies(asks, self._asking.statement_tokens):
            yield {
                place: reply if isinstance(reply, Failed) else sentences(reply.text)
                for place, reply in _whole(finished).items()
            }

    def describe(
        self,
        images: Sequence[Sequence[str]],
        statements: Sequence[Sequence[str]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, str | Failed]]:
        """For each request a description of its images that contains every statement."""
        asks = [
            Ask(
                text,
                tuple(self._root / path for path in shown),
                seed_of(self._seed, "description", attempt, text, *shown),
            )
            for shown, text in zip(images, map(self._prompts.depicting, statements), strict=True)
        ]
        for finished in self._engine.replies(asks, self._asking.description_tokens):
            yield {
                place: reply if isinstance(reply, Failed) else plain(reply.text)
                for place, reply in _whole(finished).items()
            }


def sentences(reply: str) -> list[str]:
    """The sentences of a reply, one a line, without blank lines, numbers, bullets and code fences.

    Where some lines are numbered or bulleted, those that are not are remarks and are left out.
    """
    lines = [" ".join(line.split()) for line in plain(reply).split("\n")]
    lines = [line for line in lines if line and not line.startswith("```")]
    marked = [line for line in lines if _MARK.match(line)]
    return [_MARK.sub("", line) for line in marked or lines]


def plain(text: str) -> str:
    """Text without what is none: control characters other than line breaks, and halves of
    characters, which no file can hold, become blanks. Markup stays as it was written."""
    text = text.replace("\r\n", "\n")
    kept = (c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    return "".join(kept).strip()


def _whole(finished: Mapping[int, Reply | Failed]) -> dict[int, Reply | Failed]:
    """The replies, of which one that was cut has failed: its last sentence is no sentence."""
    cut = Failed("the teacher's reply was cut at its cap of tokens")
    return {
        place: cut if isinstance(reply, Reply) and reply.truncated else reply
        for place, reply in finished.items()
    }
