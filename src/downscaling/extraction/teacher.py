"""What a teacher must be able to do, and what it leaves behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol


@dataclasses.dataclass(frozen=True)
class Failed:
    """What stands for a reply that did not come, and why."""

    reason: str


class Teacher(Protocol):
    """Turns question-answer pairs into statements, and images with statements into descriptions.

    Requests are parallel sequences, an entry a request. Replies come as they are finished, some at
    a time, by their request's place; how many requests are worked on together is the teacher's
    matter. Images are paths relative to the preset's folder. A request that was answered badly
    comes again with the next `attempt`; a teacher that samples seeds itself by request and attempt,
    so that no reply depends on what is asked beside it.
    """

    def statements(
        self,
        images: Sequence[Sequence[str]],
        pairs: Sequence[Sequence[tuple[str, str]]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, list[str] | Failed]]:
        """For each request a declarative sentence per pair (question, answer), in their order."""
        ...

    def describe(
        self,
        images: Sequence[Sequence[str]],
        statements: Sequence[Sequence[str]],
        attempt: int = 0,
    ) -> Iterator[Mapping[int, str | Failed]]:
        """For each request a description of its images that contains every statement."""
        ...


@dataclasses.dataclass(frozen=True)
class Statements:
    """The teacher's statements about a training sample, one a pair in the order of its turns."""

    sample: str
    statements: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Depiction:
    """The teacher's description of a training sample's image."""

    sample: str
    text: str


@dataclasses.dataclass(frozen=True)
class Dropped:
    """A training sample that the extraction data do not hold, and why (one line)."""

    set: str
    sample: str
    reason: str
