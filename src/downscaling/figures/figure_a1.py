"""Figure A1: every family at every size."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import labels, results, style

IMAGE = "with the image"
BLIND = "blind"


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """End-to-end accuracy of the instruction-tuned model of each size on each family, with the
    image, and blind where that was measured."""
    found = results.Results(scores, differences)
    rows = []
    for family in labels.FAMILIES:
        for series, mode in ((IMAGE, "image"), (BLIND, "blind")):
            for size in sizes:
                run = results.end_to_end(f"instruct-{size}", mode)
                number = found.accuracy(run, "families", family)
                if number is not None:
                    rows.append(results.row(family, series, size, number))
    return results.table(rows)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """A small panel a family: accuracy over sizes, with the image and blind."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(9.6, 6.2)
    if plotted.empty:
        style.no_runs(figure.subplots(), "end-to-end answers on the families")
        style.small_print(figure, plotted)
        return figure, plotted
    looks = {
        IMAGE: {family: _look(family) for family in labels.FAMILIES},
        BLIND: dict.fromkeys(labels.FAMILIES, style.Look(style.GREY, "x", ":")),
    }
    grid = figure.subplots(3, 5, sharex=True, sharey=True)
    for axes, family in zip(grid.flat, labels.FAMILIES, strict=True):
        places = style.over_sizes(axes, sizes, "")
        for series, shift in ((IMAGE, -0.05), (BLIND, 0.05)):
            style.line(
                axes,
                plotted,
                family,
                series,
                places=places,
                look=looks[series][family],
                shift=shift,
            )
        axes.set_title(labels.FAMILIES[family], loc="left", fontsize=9)
        axes.set_ylim(-0.02, 1.04)
        axes.tick_params(axis="x", labelsize=7.5)
        style.percent(axes)
    grid[1][0].set_ylabel("Accuracy (%)")
    grid[2][2].set_xlabel("Language model size")
    figure.legend(
        handles=[
            _key("single-image, with the image", _look("ocrvqa")),
            _key("multi-image, with the image", _look("puzzle")),
            _key("blind", looks[BLIND]["ocrvqa"]),
        ],
        loc="outside upper center",
        ncols=3,
    )
    style.small_print(figure, plotted, "End-to-end instruction-tuned models")
    return figure, plotted


def _look(family: str) -> style.Look:
    if family in labels.SINGLE_IMAGE:
        return style.Look(style.BLUE, "o")
    return style.Look(style.VERMILION, "s")


def _key(name: str, look: style.Look) -> Line2D:
    return Line2D([], [], color=look.color, marker=look.marker, linestyle=look.line, label=name)
