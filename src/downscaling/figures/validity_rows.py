"""The rows of the validity table."""

from __future__ import annotations

from ..results.estimate import Estimate

COLUMNS = ["check", "value", "low", "high", "training", "bar", "holds"]
INFORMATION = "information: "
"""Begins the name of a row that decides nothing."""
FAMILIES = "families "
"""Begins what a row says that counts families: its numbers are no fractions."""


def row(check: str, number: Estimate, bar: float, passed: bool) -> dict[str, object]:
    """One row."""
    ends = {"value": number.value, "low": number.low, "high": number.high}
    held = {"training": number.training.kind, "bar": bar, "holds": bool(passed)}
    return {"check": check, **ends, **held}


def at_least(check: str, number: Estimate, bar: float) -> dict[str, object]:
    """A row that holds where the number reaches the bar."""
    return row(f"{check}, at least", number, bar, number.value >= bar)


def at_most(check: str, number: Estimate, bar: float) -> dict[str, object]:
    """A row that holds where the number does not exceed the bar."""
    return row(f"{check}, at most", number, bar, number.value <= bar)
