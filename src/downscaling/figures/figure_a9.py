"""Figure A9: accuracy against the seconds that a question took."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import matplotlib.figure
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from ..catalogue.paper_numbers import value
from ..config.roles import Roles
from ..results.reference import OTHERS, accuracies
from ..results.scores import Scores
from . import labels, panel, style, table_2_lines
from .figure import Drawing, Figure
from .numbers import COLUMNS, Numbers, row
from .panels import by_benchmark, legend_entries
from .point_labels import label_points
from .quantity import Quantity
from .seconds import Records, seconds
from .text import small_print

PLAIN = "Extract, without thinking"
LOOKS = {
    table_2_lines.END_TO_END: style.BASELINE,
    table_2_lines.DECOUPLED: style.DECOUPLED,
    table_2_lines.CAPTION_THINK: style.CAPTIONING,
    table_2_lines.SCRATCH: style.SCRATCH,
    table_2_lines.EXTRACT_THINK: style.EXTRACTION,
    PLAIN: style.Look(style.GREEN, "v"),
    f"{table_2_lines.SCRATCH}, released": style.Look(style.SKY, "P", filled=False),
    f"{table_2_lines.EXTRACT_THINK}, released": style.Look(style.SKY, "P"),
}
OTHER = style.Look(style.PURPLE, "X")
"""How models of other groups are drawn, whose names stand beside their points."""

GAINS = {"in-domain": "figA9.nocot.vmc", "out-of-domain": "figA9.nocot.mmstar"}
"""By how much, in per cent, the paper's model without thinking exceeds the smaller PrismCaptioner:
the accuracy itself is only plotted."""

SECONDS = ("seconds", "seconds of perception", "seconds of reasoning", "device", "batch size")
"""More columns of the data."""


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The averages of Table 2's lines, and of Extract+Think's pairs without thinking. The item is
    the pair of sizes."""
    lines = table_2_lines.lines(sizes, roles)
    plain = [
        dataclasses.replace(line, model=PLAIN, run=dataclasses.replace(line.run, mode="plain"))
        for line in lines
        if line.model == table_2_lines.EXTRACT_THINK
    ]
    return [
        Quantity(
            panel=benchmark,
            series=line.model,
            item="/".join(filter(None, (line.perception, line.reasoning))),
            benchmark=benchmark,
            category="average",
            runs=(line.run,),
            published=_implied(line, benchmark) if line.model == PLAIN else None,
        )
        for benchmark in labels.BENCHMARKS
        for line in (*lines, *plain)
    ]


def _implied(line: table_2_lines.Line, benchmark: str) -> float:
    """What the paper's text implies of the larger pair without thinking, a fraction."""
    if (line.perception, line.reasoning) != ("1.7B", "4B"):
        return math.nan
    prism = accuracies()[OTHERS["prism_18_70"], benchmark, "average"]
    return prism * (1 + value(GAINS[benchmark]) / 100)


def data(scores: Scores, sizes: Sequence[str], roles: Roles, records: Records) -> pd.DataFrame:
    """These averages as far as the runs were made here; with the seconds a question, in sum and of
    each module, the device and the batch size."""
    numbers = Numbers(scores, roles)
    points = []
    for quantity in quantities(roles, sizes):
        accuracy = numbers.of(quantity)
        took = accuracy and seconds(records, quantity.runs[0], quantity.benchmark, accuracy.n)
        if accuracy and took:
            spent = (took.total, took.perception, took.reasoning, took.device, took.batch_size)
            point = row(quantity.panel, quantity.series, quantity.item, accuracy)
            points.append(point | dict(zip(SECONDS, spent, strict=True)))
    return pd.DataFrame(points, columns=[*COLUMNS, *SECONDS])


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles, records: Records) -> Drawing:
    """A panel a benchmark: a point a model, its interval in accuracy, what the paper prints at the
    same seconds."""
    points = data(scores, sizes, roles, records)
    figure = style.canvas(10.4, 5.4)
    drawn = []
    for axes, _, rows in by_benchmark(
        figure,
        points,
        needs="answers of Table 2's models that were made here",
        up="Accuracy, average over categories (%)",
    ):
        _points(axes, rows)
        drawn.append((axes, rows))
    handles = legend_entries(figure.axes)
    if handles:
        figure.legend(list(handles.values()), list(handles), loc="outside upper center", ncols=4)
    small_print(figure, points, _conditions(points))
    for axes, rows in drawn:
        _name(figure, axes, rows)
    return figure, points


def _points(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_xscale("log")
    for series in dict.fromkeys(rows["series"]):
        look = LOOKS.get(series, OTHER)
        points = rows[rows["series"] == series]
        axes.errorbar(
            points["seconds"],
            points["value"],
            yerr=panel.errors(points),
            linestyle="none",
            marker=look.marker,
            color=look.color,
            markerfacecolor=look.color if look.filled else "white",
            capsize=2.5,
            elinewidth=1.0,
            label=series,
        )
        panel.stars(axes, list(points["seconds"]), list(points["published"]), look.color)
    axes.set_xlabel("Seconds a question")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(x=0.2)
    panel.accuracies(axes)


def _name(figure: matplotlib.figure.Figure, axes: Axes, rows: pd.DataFrame) -> None:
    """Write sizes beside the points, clear of stars and intervals."""
    avoid = [
        (point.seconds, height)
        for point in rows.itertuples()
        for height in (*np.linspace(point.low, point.high, 12), point.published)
        if math.isfinite(height)
    ]
    across, up, pairs = (list(rows[column]) for column in ("seconds", "value", "item"))
    label_points(figure, axes, across, up, pairs, avoid)


def _conditions(points: pd.DataFrame) -> str:
    """What the seconds are about."""
    devices, batches = (", ".join(sorted(set(points[n]))) for n in ("device", "batch size"))
    return (
        f"Seconds as this run took them on {devices}, {batches} questions at a time, descriptions "
        "and answers one after the other; without loading models and without focus phrases. Other "
        "jobs may have run beside them. Published accuracies stand at this run's seconds"
    )


FIGURE = Figure(
    name="figure-a9",
    title="Figure A9: accuracy against latency",
    caption=(
        "Accuracy of Table 2's models against the seconds that this run took for a question, on "
        "its machine and at its batch size. These seconds differ from run to run; the accuracies "
        "do not."
    ),
    quantities=quantities,
    draw=draw,
    is_timed=True,
)
