"""Figure A1: every family at every size."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, panel, style
from .figure import Drawing, Figure
from .numbers import Numbers
from .panels import shared_legend
from .quantity import Quantity
from .runs import end_to_end
from .text import small_print

SIGHTED, BLIND = "with the image", "blind"
MODES = {SIGHTED: "image", BLIND: "blind"}
LOOKS = {
    f"single-image, {SIGHTED}": style.Look(style.BLUE, "o"),
    f"multi-image, {SIGHTED}": style.Look(style.VERMILION, "s"),
    BLIND: style.Look(style.GREY, "x", ":"),
}
"""By the names of the legend, in its order."""


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
        images = "single" if family in labels.SINGLE_IMAGE else "multi"
        names = (f"{images}-image, {SIGHTED}", BLIND)
        for series, name, shift in zip(MODES, names, (-0.05, 0.05), strict=True):
            look = LOOKS[name]
            panel.line(axes, data, family, series, places=places, look=look, shift=shift, name=name)
        axes.set_title(labels.FAMILIES[family], loc="left", fontsize=9)
        axes.set_ylim(-panel.BEYOND, 1 + panel.BEYOND)
        axes.tick_params(axis="x", labelsize=7.5)
        panel.accuracies(axes)
    grid[1][0].set_ylabel("Accuracy (%)")
    grid[2][2].set_xlabel("Language model size")
    shared_legend(figure, list(LOOKS))
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
