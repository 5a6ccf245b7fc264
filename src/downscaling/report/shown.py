"""Numbers as the page shows them: accuracies in per cent, their differences in points, with one
decimal, and intervals in square brackets."""

from __future__ import annotations

import dataclasses

from ..audit.document import Entry
from ..audit.measured import FRACTION

_POINTS = {FRACTION: 100.0, "points": 1.0}
_PER_CENT = {"% accuracy": 1.0, "%": 1.0, "% relative": 1.0}


@dataclasses.dataclass(frozen=True)
class Shown:
    """An entry of the audit in words. `unit` follows its numbers; `ends` is "" where nothing was
    estimated."""

    published: str
    value: str
    ends: str
    difference: str
    unit: str


def points(fraction: float) -> str:
    """A fraction in per cent, or a difference of fractions in points."""
    return decimal(100 * fraction)


def decimal(number: float) -> str:
    """One decimal, and a true minus sign; never a negative nil."""
    return f"{round(number, 1) + 0.0:.1f}".replace("-", "\N{MINUS SIGN}")


def interval(low: str, high: str) -> str:
    """The ends of an interval."""
    return f"[{low}, {high}]"


def shown(entry: Entry) -> Shown:
    """A published number or a part of a claim, beside what was measured."""
    factor = _POINTS.get(entry.unit) or _PER_CENT.get(entry.unit)
    if factor is None:
        return _counted(entry)
    low, high = entry.low, entry.high
    ends = ""
    if low is not None and high is not None:
        ends = interval(decimal(factor * low), decimal(factor * high))
    return Shown(
        _published(entry.published, factor),
        "" if entry.measured is None else decimal(factor * entry.measured),
        ends,
        "" if entry.difference is None else decimal(factor * entry.difference),
        "points" if entry.unit in _POINTS else entry.unit.replace(" accuracy", ""),
    )


def _counted(entry: Entry) -> Shown:
    """A count, or what follows from counts: as it is, to four digits."""

    def text(number: float | None) -> str:
        return "" if number is None else f"{number:.4g}".replace("-", "\N{MINUS SIGN}")

    return Shown(entry.published, text(entry.measured), "", text(entry.difference), entry.unit)


def _published(text: str, factor: float) -> str:
    """As printed where it is in per cent, or stands for a sign."""
    if factor == 1 or not text.replace(".", "").isdigit():
        return text.replace(">=", "\N{GREATER-THAN OR EQUAL TO}")
    return f"{factor * float(text):g}"
