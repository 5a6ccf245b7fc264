"""Figure A1: every family at every size."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.lines import Line2D

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, panel, style
from .figure import Drawing, Figure
from .numbers import Numbers
from .quantity import Quantity
from .runs import end_to_end
from .text import small_print

MODES = {"with the image": "image", "blind": "blind"}
SINGLE = style.Look(style.BLUE, "o")
SEVERAL = style.Look(style.VERMILION, "s")
BLIND = style.Look(style.GREY, "x", ":")
LEGEND = {
    "single-image, with the image": SINGLE,
    "multi-image, with the image": SEVERAL,
    "blind": BLIND,
}


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """End-to-end accuracy of the instruction-tuned model of each size on each family, with the
    image and blind."""
    return [
        Quantity(
            panel=family,
            series=series,
            item=size,
            benchmark="families",
            category=family,
            runs=(end_to_end(roles.module("baseline", size), mode),),
        )
        for family in labels.FAMILIES
        for series, mode in MODES.items()
        for size in sizes
    ]


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A small panel a family: accuracy over sizes, with the image and blind."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(9.6, 6.2)
    if data.empty:
        panel.no_runs(figure.subplots(), "end-to-end answers on the families")
        return figure, data
    grid = figure.subplots(3, 5, sharex=True, sharey=True)
    for axes, family in zip(grid.flat, labels.FAMILIES, strict=True):
        places = panel.over_sizes(axes, sizes, "")
        sighted = SINGLE if family in labels.SINGLE_IMAGE else SEVERAL
        for series, look, shift in zip(MODES, (sighted, BLIND), (-0.05, 0.05), strict=True):
            panel.line(axes, data, family, series, places=places, look=look, shift=shift)
        axes.set_title(labels.FAMILIES[family], loc="left", fontsize=9)
        axes.set_ylim(-0.02, 1.04)
        axes.tick_params(axis="x", labelsize=7.5)
        panel.percent(axes)
    grid[1][0].set_ylabel("Accuracy (%)")
    grid[2][2].set_xlabel("Language model size")
    handles = [
        Line2D([], [], color=look.color, marker=look.marker, linestyle=look.line, label=name)
        for name, look in LEGEND.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
    small_print(figure, data, "End-to-end instruction-tuned models")
    return figure, data


FIGURE = Figure(
    name="figure-a1",
    title="Figure A1: every family at every size",
    caption="End-to-end accuracy of every family at every size.",
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
