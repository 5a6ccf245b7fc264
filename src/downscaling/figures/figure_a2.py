"""Figure A2: the whole grid of perception and reasoning sizes, on both benchmarks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from . import labels, results, style

DARK = 0.45
"""The share of the colour scale on which white is the more legible."""


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """A benchmark's average for each pair; the series is the perception module's size, the item
    the reasoning module's."""
    found = results.Results(scores, differences)
    rows = []
    for benchmark in labels.BENCHMARKS:
        for perception in sizes:
            for reasoning in sizes:
                run = results.Run(f"instruct-{perception}", reasoning)
                number = found.accuracy(run, benchmark, "average")
                if number is not None:
                    rows.append(results.row(benchmark, perception, reasoning, number))
    return results.table(rows)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """A heat map a benchmark, each cell with its accuracy and interval in figures."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(9.0, 4.8)
    lowest, highest = plotted["value"].min(), plotted["value"].max()
    images = []
    for axes, benchmark in zip(figure.subplots(1, 2), labels.BENCHMARKS, strict=True):
        rows = plotted[plotted["panel"] == benchmark]
        if rows.empty:
            style.no_runs(axes, "the grid of perception and reasoning sizes")
            continue
        cells = np.full((len(sizes), len(sizes)), np.nan)
        for row in rows.itertuples():
            cells[sizes.index(str(row.series)), sizes.index(str(row.item))] = row.value
        images.append(axes.imshow(cells, cmap="cividis", aspect="auto", vmin=lowest, vmax=highest))
        for row in rows.itertuples():
            color = "white" if row.value < lowest + DARK * (highest - lowest) else "black"
            across, down = sizes.index(str(row.item)), sizes.index(str(row.series))
            axes.text(
                across,
                down - 0.12,
                f"{100 * row.value:.1f}",
                ha="center",
                va="center",
                color=color,
                fontweight="bold",
            )
            axes.text(
                across,
                down + 0.2,
                style.span(row.low, row.high),
                ha="center",
                va="center",
                color=color,
                fontsize=7.5,
            )
            if math.isfinite(row.published):
                axes.text(
                    across,
                    down + 0.39,
                    f"{style.STAR} {100 * row.published:.1f}",
                    ha="center",
                    va="center",
                    color=color,
                    fontsize=7.5,
                )
        axes.set_xticks(range(len(sizes)), sizes)
        axes.set_yticks(range(len(sizes)), sizes)
        axes.tick_params(length=0)
        axes.grid(False)
        axes.spines[:].set_visible(False)
        axes.set_xlabel("Size of the reasoning module")
        axes.set_ylabel("Size of the perception module")
        axes.set_title(f"{labels.BENCHMARKS[benchmark]}: accuracy (%)", loc="left")
    if images:
        bar = figure.colorbar(images[-1], ax=figure.axes, fraction=0.03, pad=0.02)
        bar.outline.set_visible(False)
        style.percent(bar.ax)
    style.small_print(figure, plotted, "Instruction-tuned perception, plain reasoning")
    return figure, plotted
