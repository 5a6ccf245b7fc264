"""Figure 3b: what downscaling perception costs, beside what downscaling reasoning costs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from ..catalogue.paper_numbers import value
from ..config.roles import Roles
from ..results.scores import Scores
from ..study.runs import Run
from . import labels, panel, style
from .figure import Drawing, Figure
from .numbers import Numbers, select
from .panels import shared_legend
from .quantity import Quantity
from .runs import plain
from .text import hundreds, small_print

PANEL = "mean decrease"
MODULES = {"perception": "Perception downscaled", "reasoning": "Reasoning downscaled"}
SERIES = {
    MODULES["perception"]: style.PERCEPTION,
    MODULES["reasoning"]: style.REASONING,
}
PUBLISHED = {
    ("perception", "in-domain"): "fig3b.perc.in",
    ("perception", "out-of-domain"): "fig3b.perc.ood",
    ("reasoning", "in-domain"): "fig3b.reas.in",
    ("reasoning", "out-of-domain"): "fig3b.reas.ood",
}
"""The four decreases that the paper prints, from 8B to 0.6B."""
NEEDS = "the grid of perception and reasoning sizes"


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The decrease of a benchmark's average when one module goes from the largest to the smallest
    size, averaged over the sizes of the other module. Of one size there is none."""
    if len(sizes) < 2:
        return []
    is_printed = (sizes[0], sizes[-1]) == ("8B", "0.6B")
    return [
        Quantity(
            panel=PANEL,
            series=series,
            item=benchmark,
            benchmark=benchmark,
            category="average",
            runs=cells(module, sizes[0], sizes, roles),
            minus=cells(module, sizes[-1], sizes, roles),
            comparison=f"{module} {sizes[0]}->{sizes[-1]}",
            published=value(PUBLISHED[module, benchmark]) if is_printed else None,
        )
        for module, series in MODULES.items()
        for benchmark in labels.BENCHMARKS
    ]


def cells(module: str, size: str, sizes: Sequence[str], roles: Roles) -> tuple[Run, ...]:
    """The cells of the grid in which that module ("perception" or "reasoning") has that size."""
    if module == "perception":
        return tuple(plain(roles.module("baseline", size), other) for other in sizes)
    return tuple(plain(roles.module("baseline", other), size) for other in sizes)


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """Two bars a benchmark: perception downscaled, reasoning downscaled."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(5.2, 4.2)
    axes = figure.subplots()
    if data.empty:
        panel.no_runs(axes, NEEDS)
        return figure, data
    bars(axes, data)
    axes.set_ylabel(f"Mean decrease in accuracy,\n{labels.step(sizes)} ({labels.POINTS})")
    axes.set_title("Downscaling perception or reasoning alone", loc="left")
    shared_legend(figure)
    small_print(figure, data, "Averaged over the sizes of the other module")
    return figure, data


def bars(axes: Axes, data: pd.DataFrame, type_size: float = 8.5) -> None:
    """Draw the bars with their values printed above the intervals."""
    benchmarks = [name for name in labels.BENCHMARKS if (data["item"] == name).any()]
    for place, (series, look) in enumerate(SERIES.items()):
        rows = select(data, PANEL, series)
        if rows.empty:
            continue
        across = [benchmarks.index(item) + 0.36 * (place - 0.5) for item in rows["item"]]
        axes.bar(
            across,
            rows["value"],
            yerr=panel.errors(rows),
            width=0.33,
            color=look.color,
            hatch="" if place == 0 else "//",
            edgecolor="white",
            linewidth=0,
            label=series,
            error_kw={"elinewidth": 1.2, "capsize": 3, "ecolor": style.BLACK},
        )
        panel.stars(axes, [x + 0.11 for x in across], rows["published"])
        panel.reference(axes, [x - 0.11 for x in across], rows)
        for x, decrease, high in zip(across, rows["value"], rows["high"], strict=True):
            axes.annotate(
                hundreds(decrease),
                (x, max(decrease, high, 0)),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=type_size,
            )
    axes.axhline(0, color=style.BLACK, linewidth=0.8)
    axes.set_xticks(range(len(benchmarks)), [labels.BENCHMARKS[name] for name in benchmarks])
    axes.set_xlim(-0.5, len(benchmarks) - 0.5)
    axes.grid(False, axis="x")
    axes.margins(y=0.15)
    panel.differences(axes)


FIGURE = Figure(
    name="figure-3b",
    title="Figure 3b: which module pays",
    caption=(
        "The mean loss when only the perception module shrinks, and when only the reasoning module "
        "does, each from the largest size to the smallest, over all sizes of the other module."
    ),
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
