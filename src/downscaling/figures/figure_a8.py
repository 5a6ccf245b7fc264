"""Figure A8: where thinking helps, by out-of-domain category."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, panel, style
from .figure import Drawing, Figure
from .figure_6 import NEEDS
from .numbers import Numbers
from .panels import shared_legend
from .quantity import Quantity
from .runs import plain, think
from .text import small_print

PANEL = "out-of-domain"
ALL = "all sizes"
WIDTH = 0.68
"""Between the first and the last point of a category, whose columns are 1 apart."""
OVERALL = style.Look(style.PURPLE, "P", "none")
LOOKS = (
    style.Look(style.BLACK, "o", "none"),
    style.Look(style.BLUE, "s", "none"),
    style.Look(style.GREEN, "^", "none"),
    style.Look(style.VERMILION, "D", "none"),
)


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The gain from thinking in each category, over the descriptions of the largest
    instruction-tuned perception module: over all reasoner sizes, and at each."""
    perception = roles.module("baseline", sizes[0])
    reasoners = {ALL: tuple(sizes), **{size: (size,) for size in sizes}}
    return [
        Quantity(
            panel=PANEL,
            series=series,
            item=category,
            benchmark=PANEL,
            category=category,
            runs=tuple(think(perception, size) for size in averaged),
            minus=tuple(plain(perception, size) for size in averaged),
            comparison="thinking *" if series == ALL else f"thinking {series}",
        )
        for series, averaged in reasoners.items()
        for category in labels.CATEGORIES[PANEL]
    ]


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A column a category: the gain over all reasoner sizes, then that at each size."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(8.4, 4.2)
    axes = figure.subplots()
    if data.empty:
        panel.no_runs(axes, NEEDS)
        return figure, data
    categories = labels.CATEGORIES[PANEL]
    places = {category: float(place) for place, category in enumerate(categories)}
    for place, series in enumerate((ALL, *sizes)):
        look = OVERALL if series == ALL else LOOKS[(place - 1) % len(LOOKS)]
        shift = WIDTH * (place / len(sizes) - 0.5)
        panel.line(axes, data, PANEL, series, places=places, look=look, shift=shift)
    axes.axhline(0, color=style.BLACK, linewidth=0.8)
    names = [name.replace(" ", "\n", 1) for name in categories.values()]
    axes.set_xticks(list(places.values()), names)
    axes.grid(False, axis="x")
    axes.set_ylabel(f"Gain from thinking ({labels.POINTS})")
    panel.differences(axes)
    shared_legend(figure, title="Size of the reasoning module")
    extra = f"Out-of-domain benchmark. Perception module: instruction-tuned, {sizes[0]}"
    small_print(figure, data, extra)
    return figure, data


FIGURE = Figure(
    name="figure-a8",
    title="Figure A8: thinking, by category",
    caption="What thinking changes, category by category.",
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
