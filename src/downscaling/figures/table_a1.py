"""Table A1: what shrinking the perception module costs, in three families of models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ..catalogue.paper_numbers import value
from ..config.roles import Roles, Step
from ..results.scores import Scores
from ..study.comparisons import OWN_REASONERS
from . import labels, panel, style
from .figure import Drawing, Figure
from .figure_3b import cells
from .numbers import Numbers, row, table
from .quantity import Quantity
from .text import hundreds, interval, small_print

PANEL = "out-of-domain"
OWN = "Qwen3, this study's"
UNDER_OWN = ", read by Qwen3"
STEP = ("8B", "1.7B")
"""The sizes of the study's own perception modules between which the paper's row is."""
OTHERS = {
    "InternVL2.5": ("internvl", Step(large="internvl2.5-8b", small="internvl2.5-2b")),
    "Gemma3": ("gemma", Step(large="gemma3-12b", small="gemma3-4b")),
}
"""Other families: the role of their models, and the models that the paper's row is about."""
PUBLISHED = {"InternVL2.5": "ta1.internvl", "Gemma3": "ta1.gemma3"}
HEAD = {
    0.1: "Family",
    2.7: "Perception module",
    6.6: f"Drop in accuracy ({labels.POINTS})",
    8.4: "Answers",
    9.5: f"{style.STAR} Published",
}


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """A line a family: its accuracy with the larger perception module minus that with the smaller,
    averaged over the reasoners that read both, plain.

    They are in the paper's order, each other family followed by the same perception modules under
    the study's own reasoners. The study's own step is the paper's, where the preset has its sizes,
    else that from the largest to the smallest; of one size there is none.
    """
    listed = []
    large, small = STEP if {*STEP} <= {*sizes} else (sizes[0], sizes[-1])
    if large != small:
        printed = value("ta1.qwen3") / 100 if (large, small) == STEP else math.nan
        listed.append(
            Quantity(
                panel=PANEL,
                series=OWN,
                item=labels.arrow(large, small),
                benchmark=PANEL,
                category="average",
                runs=cells("perception", large, sizes, roles),
                minus=cells("perception", small, sizes, roles),
                comparison=f"perception {large}->{small}",
                published=printed,
            )
        )
    for family, (role, paper) in OTHERS.items():
        step = roles.step(role) if role in roles.bound() else paper
        name = f"perception {step.large}->{step.small}"
        # Which reasoners read both is known to the comparison alone.
        for series, comparison, printed in (
            (family, name, value(PUBLISHED[family]) / 100),
            (f"{family}{UNDER_OWN}", f"{name}, {OWN_REASONERS}", math.nan),
        ):
            listed.append(
                Quantity(
                    panel=PANEL,
                    series=series,
                    item=labels.arrow(step.large, step.small),
                    benchmark=PANEL,
                    category="average",
                    runs=(),
                    comparison=comparison,
                    published=printed,
                )
            )
    return listed


def data(scores: Scores, sizes: Sequence[str], roles: Roles) -> pd.DataFrame:
    """These lines. A family that was not run has what the paper prints alone, and its `interval`
    says so; where none was run there are no lines."""
    numbers = Numbers(scores, roles)
    lines = quantities(roles, sizes)
    drops = [numbers.of(line) for line in lines]
    if not any(drops):
        return table([])
    rows = []
    for line, drop in zip(lines, drops, strict=True):
        printed = numbers.printed(line)
        if drop or math.isfinite(printed):
            rows.append(row(PANEL, line.series, line.item, drop or numbers.unmeasured(printed)))
    return table(rows)


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """The table as a picture: the drop in points, its interval, n, and what the paper prints."""
    drops = data(scores, sizes, roles)
    figure = style.canvas(8.4, 1.2 + 0.4 * max(3, len(drops)))
    axes = figure.subplots()
    if drops.empty:
        panel.no_runs(axes, "plain answers over perception modules of two sizes")
        return figure, drops
    axes.set_axis_off()
    axes.set_xlim(0, 10)
    axes.set_ylim(len(drops) - 0.3, -1.3)
    for place, words in HEAD.items():
        align = "left" if place < 6 else "center"
        axes.text(place, -0.85, words, ha=align, va="center", fontsize=8)
    axes.axhline(-0.5, color="#999999", linewidth=0.8)
    for down, drop in enumerate(drops.itertuples()):
        if down:
            axes.axhline(down - 0.5, color="#999999", linewidth=0.4)
        _line(axes, down, drop)
    extra = (
        f"{labels.BENCHMARKS[PANEL]}, average over categories, mean over the plain reasoning "
        "modules that read both"
    )
    small_print(figure, drops, extra)
    return figure, drops


def _line(axes: Axes, down: int, drop: Any) -> None:
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    axes.text(0.1, down, drop.series, va="center")
    axes.text(2.7, down, drop.item, va="center")
    if math.isfinite(drop.published):  # as the paper prints it, with two decimals
        axes.text(9.5, down, f"{style.STAR} {hundreds(drop.published, digits=2)}", **middle)
    if math.isnan(drop.value):
        axes.text(6.6, down, "not run here: published only", color=style.GREY, **middle)
        return
    measured = f"{hundreds(drop.value)} {interval(drop.low, drop.high)}"
    axes.text(6.6, down, measured, weight="bold", **middle)
    axes.text(8.4, down, f"{drop.n}", **middle)


FIGURE = Figure(
    name="table-a1",
    title="Table A1: three families of models",
    caption=(
        "What shrinking the perception module costs out-of-domain, in three families of models. "
        "Families that were not run here hold the paper's number alone."
    ),
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
