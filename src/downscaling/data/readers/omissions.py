"""What a reader leaves out, and why."""

from __future__ import annotations

import dataclasses
from pathlib import Path


class RowError(ValueError):
    """No record can be made of a row; the message says why."""


class UnmarkedError(RowError):
    """A row of a file that several sets share does not say which of them it is of."""


class MissingImageError(RowError):
    """A row needs an image that is not there; `image` is its path as the row has it."""

    def __init__(self, image: str) -> None:
        super().__init__(f"no image {image!r}")
        self.image = image


@dataclasses.dataclass(frozen=True)
class Omission:
    """What a reader left out: the file, the row's place in it (from 0), and what and why; the
    image where that is a missing one. is_lost: whether it costs the set a row; it does not where
    the rest of a row is kept, or where a row may be of another set."""

    file: str
    row: int
    reason: str
    image: str = ""
    is_lost: bool = True

    @classmethod
    def of(cls, error: RowError, path: Path, row: int) -> Omission:
        """The omission of a row of which no record can be made."""
        image = error.image if isinstance(error, MissingImageError) else ""
        return cls(str(path), row, str(error), image, not isinstance(error, UnmarkedError))
