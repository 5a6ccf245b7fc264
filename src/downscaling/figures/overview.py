"""The study in one picture: what downscaling costs, which module pays, and what helps."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from ..config.roles import Roles
from ..results.scores import Scores
from . import figure_2_left, figure_3b, labels, panel, style
from .figure import Drawing, Figure
from .numbers import Numbers, select, table
from .panels import legend_entries
from .quantity import Quantity
from .table_2_lines import lines
from .text import small_print

METHODS = "methods"
MARKS = {
    "in-domain": style.Look(style.BLUE, "o"),
    "out-of-domain": style.Look(style.VERMILION, "s"),
}


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The drops of figure 2 and the decreases of figure 3b, from the largest to the smallest size,
    and the averages of Table 2's methods with the smallest perception module."""
    drops = figure_2_left.quantities(roles, sizes)
    return [
        *(drop for drop in drops if drop.series == labels.step(sizes)),
        *figure_3b.quantities(roles, sizes),
        *_methods(roles, sizes),
    ]


def _methods(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    above = labels.larger(sizes, sizes[-1])
    return [
        Quantity(
            panel=METHODS,
            series=benchmark,
            item=line.model,
            benchmark=benchmark,
            category="average",
            runs=(line.run,),
        )
        for benchmark in labels.BENCHMARKS
        for line in lines(sizes, roles)
        if line.perception == sizes[-1] and line.reasoning in ("", above)
    ]


def data(scores: Scores, sizes: Sequence[str], roles: Roles) -> pd.DataFrame:
    """These numbers, families sorted as in figure 2."""
    numbers = Numbers(scores, roles)
    drops = figure_2_left.data(scores, sizes, roles)
    parts = [
        drops[drops["series"] == labels.step(sizes)],
        numbers.table(figure_3b.quantities(roles, sizes)),
        numbers.table(_methods(roles, sizes)),
    ]
    return table(row for part in parts for row in part.to_dict("records"))


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """Three panels, legible at 900 pixels of width."""
    shown = data(scores, sizes, roles)
    figure = style.canvas(9.0, 4.3)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.15, 0.8, 1.0])
    _draw_drops(left, shown[shown["panel"] == figure_2_left.PANEL], sizes)
    _draw_modules(middle, shown[shown["panel"] == figure_3b.PANEL], sizes)
    models = list(dict.fromkeys(line.model for line in lines(sizes, roles)))
    _draw_methods(right, shown[shown["panel"] == METHODS], models, sizes)
    small_print(figure, shown)
    return figure, shown


def _draw_drops(axes: Axes, rows: pd.DataFrame, sizes: Sequence[str]) -> None:
    if rows.empty:
        panel.no_runs(axes, "end-to-end answers at two sizes")
        return
    figure_2_left.bars(axes, rows, "Single-image", "Multi-image", elinewidth=0.9)
    figure_2_left.name_families(axes, rows, 7.5)
    axes.set_xlabel(f"Drop in accuracy,\n{labels.step(sizes)} ({labels.POINTS})")
    axes.set_title("1  Cost of downscaling, by task", loc="left", fontsize=9.5)
    _legend_below(axes)


def _draw_modules(axes: Axes, rows: pd.DataFrame, sizes: Sequence[str]) -> None:
    if rows.empty:
        panel.no_runs(axes, figure_3b.NEEDS)
        return
    figure_3b.bars(axes, rows, 8)
    axes.tick_params(axis="x", labelsize=8)
    axes.set_ylabel(f"Mean decrease, {labels.step(sizes)} ({labels.POINTS})")
    axes.set_title("2  Perception or reasoning", loc="left", fontsize=9.5)
    for bar, name in zip(*axes.get_legend_handles_labels(), strict=True):
        bar.set_label(name.removesuffix(" downscaled"))
    _legend_below(axes)


def _draw_methods(
    axes: Axes, rows: pd.DataFrame, models: Sequence[str], sizes: Sequence[str]
) -> None:
    """A row a model, `models` being all of Table 2's in its order."""
    if rows.empty:
        panel.no_runs(axes, "answers with the smallest perception module")
        return
    methods = [model for model in models if (rows["item"] == model).any()]
    for place, (benchmark, look) in enumerate(MARKS.items()):
        one = select(rows, METHODS, benchmark)
        if one.empty:
            continue
        down = [methods.index(item) + 0.24 * (place - 0.5) for item in one["item"]]
        panel.stars(axes, one["published"], down, look.color)
        panel.reference(axes, down, one, "x", look.color)
        axes.errorbar(
            one["value"],
            down,
            xerr=panel.errors(one),
            linestyle="none",
            marker=look.marker,
            color=look.color,
            capsize=2.5,
            elinewidth=1.1,
            label=labels.BENCHMARKS[benchmark],
        )
    axes.set_yticks(range(len(methods)), [textwrap.fill(name, 14) for name in methods], fontsize=8)
    axes.set_ylim(len(methods) - 0.5, -0.5)
    axes.grid(False, axis="y")
    panel.accuracies(axes, "x")
    above = labels.larger(sizes, sizes[-1])
    pair = f"{sizes[-1]} perception" + (f", {above} reasoning" if above else "")
    axes.set_xlabel(f"Accuracy (%)\n{pair}")
    axes.set_title("3  Extract+Think and baselines", loc="left", fontsize=9.5)
    _legend_below(axes)


def _legend_below(axes: Axes) -> None:
    axes.legend(
        handles=list(legend_entries([axes]).values()),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.19),
        ncols=2,
        fontsize=8,
        columnspacing=1.0,
        handlelength=1.4,
        handletextpad=0.5,
    )


FIGURE = Figure(
    name="overview",
    title="The study in one picture",
    caption="What shrinking costs, where it costs it, and what extraction and thinking win back.",
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
