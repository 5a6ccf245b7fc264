"""What a category of a benchmark may be called."""

from __future__ import annotations

AVERAGE = "average"
"""What scores call the mean over categories: a category of that name would lose its own score."""
FORMULAS = ("=", "+", "-", "@")
"""With one of these begins what a spreadsheet, in which a table of scores is opened, computes."""


def unfit_category(name: str) -> str:
    """Why a category cannot have a name; "" where it can."""
    if name == AVERAGE:
        return "is the name of the mean over categories"
    if name.startswith(FORMULAS):
        return f"begins with {name[0]}, as what a spreadsheet computes"
    return ""
