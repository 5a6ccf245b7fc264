"""Numbers as readers see them: accuracies in per cent, their differences in points, with one
decimal, intervals in square brackets, counts whole."""

from __future__ import annotations

import dataclasses

from .document import Entry
from .measured import FRACTION

_POINTS = {FRACTION: 100.0, "points": 1.0}
_PER_CENT = {"% accuracy": 1.0, "%": 1.0, "% relative": 1.0}
_MANY = {"thousand": 1e3, "million": 1e6}


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
    return _signed(f"{round(number, 1) + 0.0:.1f}")


def whole(number: float) -> str:
    """A count, with its thousands apart."""
    return _signed(f"{number:,.0f}").replace(",", "\N{NARROW NO-BREAK SPACE}")


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
    many = _MANY.get(entry.unit)

    def text(number: float | None) -> str:
        if number is None:
            return ""
        return whole(number * many) if many else _signed(f"{number:.4g}")

    published = text(float(entry.published)) if many else entry.published
    unit = "" if many else entry.unit
    return Shown(published, text(entry.measured), "", text(entry.difference), unit)


def _published(text: str, factor: float) -> str:
    """As printed where it is in per cent, or stands for a sign."""
    if factor == 1 or not text.replace(".", "").isdigit():
        return _signed(text).replace(">=", "\N{GREATER-THAN OR EQUAL TO}")
    return f"{factor * float(text):g}"


def _signed(text: str) -> str:
    """With a true minus sign."""
    return text.replace("-", "\N{MINUS SIGN}")
