"""Figure A2: the whole grid of perception and reasoning sizes, on both benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, panel, style
from .cell import cell
from .figure import Drawing, Figure
from .numbers import Numbers
from .panels import by_benchmark
from .quantity import Quantity
from .runs import plain
from .text import small_print

DARK = 0.45
"""The share of the colour scale below which white text is the more legible."""


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """A benchmark's average for each pair; the series is the perception module's size, the item
    the reasoning module's."""
    return [
        Quantity.average(
            benchmark, perception, reasoning, plain(roles.module("baseline", perception), reasoning)
        )
        for benchmark in labels.BENCHMARKS
        for perception in sizes
        for reasoning in sizes
    ]


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A heat map a benchmark, each cell with its accuracy and interval in figures."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(9.0, 5.2)
    scale = data["value"].min(), data["value"].max()
    needs = "the grid of perception and reasoning sizes"
    image = None
    for axes, benchmark, rows in by_benchmark(figure, data, needs=needs, sharey=False):
        image = _heat_map(axes, rows, sizes, scale)
        axes.set_title(f"{labels.BENCHMARKS[benchmark]}: accuracy (%)", loc="left")
    if image is not None:
        bar = figure.colorbar(image, ax=figure.axes, fraction=0.03, pad=0.02)
        bar.outline.set_visible(False)
        panel.accuracies(bar.ax)
    small_print(figure, data, "Instruction-tuned perception, plain reasoning")
    return figure, data


def _heat_map(
    axes: Axes, rows: pd.DataFrame, sizes: Sequence[str], scale: tuple[float, float]
) -> AxesImage:
    """Rows are perception modules, columns reasoning modules, both largest first; `scale` holds
    the accuracies at both ends of the colours."""
    lowest, highest = scale
    cells = np.full((len(sizes), len(sizes)), np.nan)
    for row in rows.itertuples():
        cells[sizes.index(str(row.series)), sizes.index(str(row.item))] = row.value
    image = axes.imshow(cells, cmap="cividis", aspect="auto", vmin=lowest, vmax=highest)
    for row in rows.itertuples():
        color = "white" if row.value < lowest + DARK * (highest - lowest) else style.BLACK
        across, down = sizes.index(str(row.item)), sizes.index(str(row.series))
        cell(axes, across, down, row, step=0.175, color=color, faint=color, is_bold=True)
    axes.set_xticks(range(len(sizes)), sizes)
    axes.set_yticks(range(len(sizes)), sizes)
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("Size of the reasoning module")
    axes.set_ylabel("Size of the perception module")
    return image


FIGURE = Figure(
    name="figure-a2",
    title="Figure A2: the grid",
    caption="The grid of perception and reasoning sizes.",
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
