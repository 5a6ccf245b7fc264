"""Verdicts: the paper against itself (here), and a run against the paper (`measured`)."""

from .granularity import check_cells
from .printed import check_claims
from .text import report, summary
from .verdicts import Finding

__all__ = ["Finding", "against_itself", "report", "summary"]


def against_itself() -> list[Finding]:
    """What the paper's printed numbers say of each other: its claims and averages, then whether
    its in-domain percentages can be shares of their question sets."""
    return [*check_claims(), *check_cells()]
