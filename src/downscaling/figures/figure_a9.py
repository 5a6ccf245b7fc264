"""Figure A9: accuracy against the seconds that a question takes, for the models of Table 2.

Seconds are those that this run took on its machine: unlike every other figure, this one differs
from run to run.
"""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from ..catalogue.paper_numbers import value as published_value
from ..results.reference import OTHERS
from . import labels, results, style, table_2
from .names import name_points
from .seconds import seconds

NAME = "figure-a9"
PLAIN = "Extract, without thinking"
LOOKS = {
    table_2.END_TO_END: style.BASELINE,
    table_2.DECOUPLED: style.DECOUPLED,
    table_2.CAPTION_THINK: style.CAPTION,
    table_2.SCRATCH: style.SCRATCH,
    table_2.EXTRACT_THINK: style.EXTRACT,
    PLAIN: style.Look(style.GREEN, "v"),
    f"{table_2.SCRATCH}, released": style.Look(style.SKY, "P", filled=False),
    f"{table_2.EXTRACT_THINK}, released": style.Look(style.SKY, "P"),
}
OTHER = style.Look(style.PURPLE, "X")
"""How models of other groups are drawn, whose names stand beside their points."""

GAINS = {"in-domain": "figA9.nocot.vmc", "out-of-domain": "figA9.nocot.mmstar"}
"""By how much, in per cent, the paper's model without thinking exceeds the smaller PrismCaptioner:
the accuracy itself is only plotted."""


def data(scores: pd.DataFrame, root: Path, sizes: list[str]) -> pd.DataFrame:
    """The averages of Table 2's lines, and of Extract+Think's pairs without thinking, as far as
    they were run here; with the seconds a question, in sum and of each module, the device and the
    batch size. `root` is the preset's folder, whose records say them."""
    found = results.Results(scores)
    points = []
    for benchmark in labels.BENCHMARKS:
        for row in [*table_2.rows(sizes), *_plain(sizes)]:
            number = found.accuracy(row.run, benchmark, "average")
            took = number and seconds(root, row.run, benchmark, number.n)
            if not number or not took:
                continue
            if row.model == PLAIN:
                number = dataclasses.replace(number, published=_implied(row, benchmark))
            pair = "/".join(filter(None, (row.perception, row.reasoning)))
            points.append(
                {
                    **results.row(benchmark, row.model, pair, number),
                    "seconds": took.total,
                    "seconds of perception": took.perception,
                    "seconds of reasoning": took.reasoning,
                    "device": took.device,
                    "batch size": took.batch_size,
                }
            )
    more = ["seconds", "seconds of perception", "seconds of reasoning", "device", "batch size"]
    return pd.DataFrame(points, columns=[*results.table([]).columns, *more])


def _plain(sizes: list[str]) -> list[table_2.Row]:
    """Extract+Think's lines, but for the mode of their reasoner."""
    return [
        dataclasses.replace(row, model=PLAIN, run=dataclasses.replace(row.run, mode="plain"))
        for row in table_2.rows(sizes)
        if row.model == table_2.EXTRACT_THINK
    ]


def _implied(row: table_2.Row, benchmark: str) -> float:
    """What the paper's text implies of the larger pair without thinking, a fraction."""
    if (row.perception, row.reasoning) != ("1.7B", "4B"):
        return math.nan
    prism = results.in_paper(OTHERS["prism_18_70"], benchmark, "average")
    return prism * (1 + published_value(GAINS[benchmark]) / 100)


@style.styled
def draw(scores: pd.DataFrame, root: Path, sizes: list[str]) -> tuple[Figure, pd.DataFrame]:
    """A panel a benchmark: a point a model, its interval in accuracy, what the paper prints at the
    same seconds."""
    plotted = data(scores, root, sizes)
    figure = style.canvas(10.4, 5.4)
    grid = list(figure.subplots(1, 2, sharey=True))
    for axes, benchmark in zip(grid, labels.BENCHMARKS, strict=True):
        rows = plotted[plotted["panel"] == benchmark]
        if rows.empty:
            style.no_runs(axes, "answers of Table 2's models that were made here")
            continue
        _points(axes, rows)
        axes.set_title(labels.BENCHMARKS[benchmark], loc="left")
        if axes is grid[0]:
            axes.set_ylabel("Accuracy, average over categories (%)")
    handles = style.named(figure.axes)
    if handles:
        figure.legend(list(handles.values()), list(handles), loc="outside upper center", ncols=4)
    style.small_print(figure, plotted, _says(plotted))
    for axes, benchmark in zip(grid, labels.BENCHMARKS, strict=True):
        _name(figure, axes, plotted[plotted["panel"] == benchmark])
    return figure, plotted


def _points(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_xscale("log")
    for series in dict.fromkeys(rows["series"]):
        look = LOOKS.get(series, OTHER)
        points = rows[rows["series"] == series]
        axes.errorbar(
            points["seconds"],
            points["value"],
            yerr=style.errors(points),
            linestyle="none",
            marker=look.marker,
            color=look.color,
            markerfacecolor=look.color if look.filled else "white",
            capsize=2.5,
            elinewidth=1.0,
            label=series,
        )
        style.stars(axes, list(points["seconds"]), list(points["published"]), look.color)
    axes.set_xlabel("Seconds a question")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(x=0.2)
    style.percent(axes)


def _name(figure: Figure, axes: Axes, rows: pd.DataFrame) -> None:
    """Sizes beside the points, clear of stars and intervals."""
    if rows.empty:
        return
    held = [
        (row.seconds, height)
        for row in rows.itertuples()
        for height in (*np.linspace(row.low, row.high, 12), row.published)
        if math.isfinite(height)
    ]
    across, up, names = (list(rows[name]) for name in ("seconds", "value", "item"))
    name_points(figure, axes, across, up, names, held)


def _says(plotted: pd.DataFrame) -> str:
    """What the seconds are about."""
    if plotted.empty:
        return ""
    devices, batches = (", ".join(sorted(set(plotted[n]))) for n in ("device", "batch size"))
    return (
        f"Seconds as this run took them on {devices}, {batches} questions at a time, descriptions "
        "and answers one after the other; without loading models and without focus phrases. Other "
        "jobs may have run beside them. Published accuracies stand at this run's seconds"
    )
