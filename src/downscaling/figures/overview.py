"""The study in one picture: what downscaling costs, which module pays, and what helps."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from . import figure_2_left, figure_3b, labels, results, style, table_2

METHODS = "methods"
MARKS = {
    "in-domain": style.Look(style.BLUE, "o"),
    "out-of-domain": style.Look(style.VERMILION, "s"),
}


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """The drops of figure 2 (largest to smallest size), the decreases of figure 3b, and the
    averages of Table 2's methods with the smallest perception module."""
    found = results.Results(scores, differences)
    drops = figure_2_left.data(scores, differences, sizes)
    parts = [
        drops[drops["series"] == labels.step(sizes)],
        figure_3b.data(scores, differences, sizes),
    ]
    above = labels.larger(sizes, sizes[-1])
    rows = []
    for benchmark in labels.BENCHMARKS:
        for row in table_2.rows(sizes):
            if row.perception == sizes[-1] and row.reasoning in ("", above):
                number = found.accuracy(row.run, benchmark, "average")
                if number is not None:
                    rows.append(results.row(METHODS, benchmark, row.model, number))
    parts.append(results.table(rows))
    return results.table(
        {str(key): item for key, item in row.items()}
        for part in parts
        for row in part.to_dict("records")
    )


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """Three panels, legible at 900 pixels of width."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(9.0, 4.3)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.15, 0.8, 1.0])
    _drops(left, plotted, sizes)
    _modules(middle, plotted[plotted["panel"] == figure_3b.PANEL], sizes)
    _methods(right, plotted, sizes)
    style.small_print(figure, plotted)
    return figure, plotted


def _drops(axes: Axes, plotted: pd.DataFrame, sizes: list[str]) -> None:
    rows = plotted[plotted["panel"] == figure_2_left.PANEL]
    if rows.empty:
        style.no_runs(axes, "end-to-end answers at two sizes")
        return
    axes.barh(
        range(len(rows)),
        rows["value"],
        xerr=style.errors(rows),
        height=0.72,
        color=[style.SKY if item in labels.SINGLE_IMAGE else style.ORANGE for item in rows["item"]],
        error_kw={"elinewidth": 0.9, "ecolor": style.BLACK},
    )
    style.stars(axes, rows["published"], range(len(rows)))
    axes.set_yticks(
        range(len(rows)), [labels.FAMILIES[item] for item in rows["item"]], fontsize=7.5
    )
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvline(0, color=style.BLACK, linewidth=0.8)
    axes.grid(False, axis="y")
    style.percent(axes, "x")
    axes.set_xlabel(f"Drop in accuracy,\n{labels.step(sizes)} (points)")
    axes.set_title("1  Cost of downscaling, by task", loc="left", fontsize=9.5)
    kinds = {"Single-image": style.SKY, "Multi-image": style.ORANGE}
    keys = [Patch(color=color, label=name) for name, color in kinds.items()]
    _legend_below(axes, [*keys, *style.named([axes]).values()])


def _modules(axes: Axes, rows: pd.DataFrame, sizes: list[str]) -> None:
    if rows.empty:
        style.no_runs(axes, "the grid of perception and reasoning sizes")
        return
    figure_3b.bars(axes, rows, 8)
    axes.tick_params(axis="x", labelsize=8)
    axes.set_ylabel(f"Mean decrease, {labels.step(sizes)} (points)")
    axes.set_title("2  Perception or reasoning", loc="left", fontsize=9.5)
    for bar, name in zip(*axes.get_legend_handles_labels(), strict=True):
        bar.set_label(name.removesuffix(" downscaled"))
    _legend_below(axes, list(style.named([axes]).values()))


def _methods(axes: Axes, plotted: pd.DataFrame, sizes: list[str]) -> None:
    rows = plotted[plotted["panel"] == METHODS]
    if rows.empty:
        style.no_runs(axes, "answers with the smallest perception module")
        return
    methods = list(dict.fromkeys(row.model for row in table_2.rows(sizes)))
    methods = [method for method in methods if (rows["item"] == method).any()]
    for place, (benchmark, look) in enumerate(MARKS.items()):
        one = results.select(plotted, METHODS, benchmark)
        down = [methods.index(item) + 0.24 * (place - 0.5) for item in one["item"]]
        style.stars(axes, one["published"], down, look.color)
        axes.errorbar(
            one["value"],
            down,
            xerr=style.errors(one),
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
    style.percent(axes, "x")
    above = labels.larger(sizes, sizes[-1])
    pair = f"{sizes[-1]} perception" + (f", {above} reasoning" if above else "")
    axes.set_xlabel(f"Accuracy (%)\n{pair}")
    axes.set_title("3  Extract+Think and baselines", loc="left", fontsize=9.5)
    _legend_below(axes, list(style.named([axes]).values()))


def _legend_below(axes: Axes, handles: Sequence[Any]) -> None:
    axes.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.19),
        ncols=2,
        fontsize=8,
        columnspacing=1.0,
        handlelength=1.4,
        handletextpad=0.5,
    )
