"""The rows of the validity table."""

from __future__ import annotations

from ..results.estimate import Estimate

COLUMNS = ["check", "value", "low", "high", "n", "unit", "training", "bar", "holds"]
PER_CENT, POINTS, COUNT = "%", "points", "families"
"""Units. What is in per cent or in points is written as a fraction."""
INFORMATION = "information: "
"""Begins the name of a row that decides nothing."""


def row(
    check: str, number: Estimate, bar: float, passed: bool, unit: str = PER_CENT
) -> dict[str, object]:
    """One row. Its n is that of the number's answers, or nothing where it has none."""
    ends = {"value": number.value, "low": number.low, "high": number.high}
    told = {"n": number.n or "", "unit": unit}
    held = {"training": number.training.kind, "bar": bar, "holds": bool(passed)}
    return {"check": check, **ends, **told, **held}


def at_least(check: str, number: Estimate, bar: float, unit: str = PER_CENT) -> dict[str, object]:
    """A row that holds where the number reaches the bar."""
    return row(f"{check}, at least", number, bar, number.value >= bar, unit)


def at_most(check: str, number: Estimate, bar: float, unit: str = PER_CENT) -> dict[str, object]:
    """A row that holds where the number does not exceed the bar."""
    return row(f"{check}, at most", number, bar, number.value <= bar, unit)
