"""A cell of a table that is drawn: its numbers, one below the other."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes

from . import style
from .text import hundreds, interval

SMALL = 7.0
"""Size of type of all but the measured value."""


def cell(
    axes: Axes,
    across: float,
    down: float,
    row: Any,
    *,
    step: float,
    color: str = style.BLACK,
    faint: str = style.GREY,
    is_bold: bool = False,
) -> None:
    """Write a row of a figure's data around a place: the measured value and its interval; the mean
    of a reference and its interval; what the paper prints. What is not known has no line.

    Args:
        axes: of the table, whose vertical axis counts downwards.
        across: the middle of the cell.
        down: the same.
        row: with the columns of a figure's data as attributes.
        step: from one line to the next.
        color: of the value, and of what the paper prints.
        faint: of the rest.
        is_bold: whether the value is.
    """
    lines: list[tuple[str, dict[str, Any]]] = []
    if math.isfinite(row.value):
        weight = "bold" if is_bold else "normal"
        lines.append((hundreds(row.value), {"color": color, "fontweight": weight}))
        lines.append((interval(row.low, row.high), {"color": faint, "fontsize": SMALL}))
    if math.isfinite(row.reference):
        for words in (
            f"{style.MEAN} {hundreds(row.reference)}",
            interval(row.reference_low, row.reference_high),
        ):
            lines.append((words, {"color": faint, "fontsize": SMALL}))
    if math.isfinite(row.published):
        words = f"{style.STAR} {hundreds(row.published)}"
        lines.append((words, {"color": color, "fontsize": SMALL}))
    top = down - step * (len(lines) - 1) / 2
    for place, (words, look) in enumerate(lines):
        axes.text(across, top + step * place, words, ha="center", va="center", **look)
