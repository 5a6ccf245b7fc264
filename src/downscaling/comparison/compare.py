"""Did one run reproduce another?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from . import sides
from .files import FilesCompared, compare_files
from .numbers import NumbersCompared, compare_numbers
from .reference import SHELF
from .sides import NotComparableError, Side


class Answer(StrEnum):
    """The answers; the last two where no spread is known, so that nobody can tell whether another
    training would differ as much."""

    IDENTICAL = "identical"
    WITHIN = "within the spread"
    NOT_REPRODUCED = "not reproduced"
    SAME_AVERAGES = "same averages"
    DIFFERENT = "different"


REPRODUCED = (Answer.IDENTICAL, Answer.WITHIN, Answer.SAME_AVERAGES)
"""The answers that say yes."""


@dataclass(frozen=True)
class Comparison:
    """Two runs, compared. `spread` is the folder whose seeds say how trainings differ."""

    left: Side
    right: Side
    spread: Path | None
    files: FilesCompared
    numbers: NumbersCompared

    @property
    def part(self) -> str:
        """The folder of both whose files alone were compared; "" for all of them."""
        return self.left.part or self.right.part

    @property
    def answer(self) -> Answer:
        """Whether the first run reproduced the second."""
        if self.files.first is None:
            return Answer.IDENTICAL
        if self.spread is None:
            return Answer.DIFFERENT if self.numbers.outside else Answer.SAME_AVERAGES
        return Answer.WITHIN if self.numbers.is_within else Answer.NOT_REPRODUCED


def compare(left: Path, right: Path | None, shelf: Path = SHELF) -> Comparison:
    """Compare a run with another, or with the reference of its preset.

    Args:
        left: a results folder, the `scores` in one, or a reference.
        right: the same; None is the reference of the first one's preset.
        shelf: where the references lie.

    Raises:
        NotComparableError: there is no reference, or the two are not runs of one configuration.
        RecordError: a folder is unfinished or damaged; of scores the rest is not asked for.
    """
    preset = sides.preset_of(left)
    reference = sides.reference_of(preset, shelf)
    against = right or reference
    if against is None:
        raise NotComparableError(
            f"no reference for the preset {preset} ({shelf / preset}); name what to compare with"
        )
    ours, theirs = sides.read(left), sides.read(against)
    sides.check_comparable(ours, theirs)
    spread = _spread(ours, theirs, reference)
    return Comparison(
        ours,
        theirs,
        spread.folder if spread else None,
        compare_files(ours, theirs),
        compare_numbers(ours, theirs, spread),
    )


def _spread(ours: Side, theirs: Side, reference: Path | None) -> Side | None:
    """Who says how trainings differ: of the two and the reference the one with the most seeds."""
    known = [theirs, ours]
    if reference is not None and reference not in (ours.folder, theirs.folder):
        third = sides.read(reference)
        known += [] if sides.difference(ours, third) else [third]
    best = max(known, key=lambda side: len(side.seeds))
    return best if len(best.seeds) > 1 else None
