"""What a teacher must be able to do, and what it leaves behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Protocol


class Teacher(Protocol):
    """Turns question-answer pairs into statements, and images with statements into descriptions.

    Requests come in batches: parallel sequences, an entry a request, a reply each in their order.
    Images are paths relative to the preset's folder. A request that was answered badly comes again
    with the next `attempt`; a teacher that samples seeds itself by request and attempt, so that no
    reply depends on its batch.
    """

    def statements(
        self,
        images: Sequence[Sequence[str]],
        pairs: Sequence[Sequence[tuple[str, str]]],
        attempt: int = 0,
    ) -> list[list[str]]:
        """For each request a declarative sentence per pair (question, answer), in their order."""
        ...

    def describe(
        self,
        images: Sequence[Sequence[str]],
        statements: Sequence[Sequence[str]],
        attempt: int = 0,
    ) -> list[str]:
        """For each request a description of its images that contains every statement."""
        ...


@dataclasses.dataclass(frozen=True)
class Statements:
    """The teacher's statements about a training sample, one a pair in the order of its turns; none
    where no attempt gave as many as there are pairs."""

    sample: str
    statements: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Depiction:
    """The teacher's description of a training sample's image; empty where no attempt gave one."""

    sample: str
    text: str


@dataclasses.dataclass(frozen=True)
class Dropped:
    """A training sample that the extraction data do not hold, and why."""

    set: str
    sample: str
    reason: str
