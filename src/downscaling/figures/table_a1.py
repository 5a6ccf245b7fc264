"""Table A1: what shrinking the perception module costs, in three families of models."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..catalogue.paper_numbers import value
from ..results.reference import STEPS
from ..study.names import OWN_REASONERS
from . import figure_3b, labels, results, style

PANEL = "out-of-domain"
OWN = "Qwen3, this study's"
UNDER_OWN = ", read by Qwen3"
STEP = ("8B", "1.7B")
"""The sizes of the study's own perception modules between which the paper's row is."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One line: the family, its perception modules, the larger first, and what the paper prints
    for it, a fraction; not-a-number where it prints nothing."""

    family: str
    large: str
    small: str
    published: float

    @property
    def step(self) -> str:
        """The step as readers write it."""
        return f"{self.large} \N{RIGHTWARDS ARROW} {self.small}"


def rows(sizes: list[str]) -> list[Row]:
    """The lines, in the paper's order, each of another family followed by the same perception
    modules under the study's own reasoners. The study's own step is the paper's, where the preset
    has its sizes, else that from the largest to the smallest."""
    own = STEP if {*STEP} <= {*sizes} else (sizes[0], sizes[-1])
    printed = value("ta1.qwen3") / 100 if own == STEP else math.nan
    lines = [Row(OWN, *own, printed)]
    for family, id in (("InternVL2.5", "ta1.internvl"), ("Gemma3", "ta1.gemma3")):
        lines.append(Row(family, *STEPS[id], value(id) / 100))
        lines.append(Row(f"{family}{UNDER_OWN}", *STEPS[id], math.nan))
    return lines


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """A line a family: its accuracy with the larger perception module minus that with the smaller,
    averaged over the reasoners that read both, plain. A family that was not run has what the paper
    prints alone, and its `interval` says so; where none was run there are no lines."""
    found = results.Results(scores, differences)
    numbers = {row: _drop(found, row, sizes) for row in rows(sizes)}
    if not any(numbers.values()):
        return results.table([])
    return results.table(
        results.row(
            PANEL,
            row.family,
            row.step,
            dataclasses.replace(number, published=row.published)
            if number
            else found.unmeasured(row.published),
        )
        for row, number in numbers.items()
        if number or math.isfinite(row.published)
    )


def _drop(found: results.Results, row: Row, sizes: list[str]) -> results.Number | None:
    name = f"perception {row.large}->{row.small}"
    if row.family != OWN:
        under = f", {OWN_REASONERS}" if row.family.endswith(UNDER_OWN) else ""
        return found.compared(f"{name}{under}", PANEL, "average")
    sides = (figure_3b.runs("perception", size, sizes) for size in (row.large, row.small))
    return found.difference(name, PANEL, "average", *sides) if len(sizes) > 1 else None


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """The table as a picture: the drop in points, its interval, n, and what the paper prints."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(8.4, 1.2 + 0.4 * max(3, len(plotted)))
    axes = figure.subplots()
    if plotted.empty:
        style.no_runs(axes, "plain answers over perception modules of two sizes")
        style.small_print(figure, plotted)
        return figure, plotted
    axes.set_axis_off()
    axes.set_xlim(0, 10)
    axes.set_ylim(len(plotted) - 0.3, -1.3)
    head = {
        0.1: "Family",
        2.7: "Perception module",
        6.6: "Drop in accuracy (points)",
        8.4: "Answers",
        9.5: f"{style.STAR} Published",
    }
    for place, says in head.items():
        align = "left" if place < 6 else "center"
        axes.text(place, -0.85, says, ha=align, va="center", fontsize=8)
    axes.axhline(-0.5, color="#999999", linewidth=0.8)
    for down, row in enumerate(plotted.itertuples()):
        if down:
            axes.axhline(down - 0.5, color="#999999", linewidth=0.4)
        _line(axes, down, row)
    extra = (
        f"{labels.BENCHMARKS[PANEL]}, average over categories, mean over the plain reasoning "
        "modules that read both"
    )
    style.small_print(figure, plotted, extra)
    return figure, plotted


def _line(axes: Axes, down: int, row: Any) -> None:
    axes.text(0.1, down, row.series, va="center")
    axes.text(2.7, down, row.item, va="center")
    if math.isfinite(row.published):
        printed = style.hundreds(row.published, digits=2)
        axes.text(9.5, down, f"{style.STAR} {printed}", ha="center", va="center")
    if math.isnan(row.value):
        says = "not run here: published only"
        axes.text(6.6, down, says, ha="center", va="center", color=style.GREY)
        return
    ends = ", ".join(style.hundreds(end) for end in (row.low, row.high))
    axes.text(
        6.6, down, f"{style.hundreds(row.value)}  [{ends}]", ha="center", va="center", weight="bold"
    )
    axes.text(8.4, down, f"{row.n}", ha="center", va="center")
