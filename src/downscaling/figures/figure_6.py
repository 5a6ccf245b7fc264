"""Figure 6: thinking on and off, over the sizes of the reasoning module."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, panel, style
from .figure import Drawing, Figure
from .numbers import Numbers
from .panels import shared_legend, with_rows
from .quantity import Quantity
from .runs import plain, think
from .text import small_print

PLAIN = "Without thinking"
THINK = "With thinking"
GAIN = "Gain from thinking"
SERIES = {PLAIN: style.PLAIN, THINK: style.THINK}
NEEDS = "thinking and plain answers over the largest perception module"


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """A benchmark's average at each reasoner size that thinks, plain and thinking, over the
    descriptions of the largest instruction-tuned perception module; and the gain."""
    perception = roles.module("baseline", sizes[0])
    shown = []
    for benchmark in labels.BENCHMARKS:
        for size in sizes:
            thinking, without = think(perception, size), plain(perception, size)
            name = f"thinking {size}"
            shown += [
                Quantity.average(benchmark, PLAIN, size, without, beside=thinking),
                Quantity.average(benchmark, THINK, size, thinking),
                Quantity.average(benchmark, GAIN, size, thinking, (without,), name),
            ]
    return shown


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A column a benchmark: accuracy with and without thinking above, the gain below."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(8.4, 5.2)
    shown = with_rows(data)
    if not shown:
        panel.no_runs(figure.subplots(), NEEDS)
        return figure, data
    grid = figure.subplots(
        2, len(shown), sharey="row", sharex="col", squeeze=False, height_ratios=[2.2, 1.2]
    )
    gains = style.Look(style.GREY, "o", "none")
    for column, benchmark in enumerate(shown):
        top, bottom = grid[0][column], grid[1][column]
        places = panel.over_sizes(bottom, sizes, "Size of the reasoning module")
        for place, (series, look) in enumerate(SERIES.items()):
            shift = 0.08 * (place - 0.5)
            panel.line(top, data, benchmark, series, places=places, look=look, shift=shift)
        panel.line(bottom, data, benchmark, GAIN, places=places, look=gains)
        bottom.axhline(0, color=style.BLACK, linewidth=0.8)
        top.set_title(labels.BENCHMARKS[benchmark], loc="left")
        top.grid(False, axis="x")
        top.tick_params(axis="x", length=0)
        panel.accuracies(top)
        panel.differences(bottom)
        if column == 0:
            top.set_ylabel("Accuracy, average\nover categories (%)")
            bottom.set_ylabel(f"Gain from\nthinking ({labels.POINTS})")
    shared_legend(figure, list(SERIES))
    small_print(figure, data, f"Perception module: instruction-tuned, {sizes[0]}")
    return figure, data


FIGURE = Figure(
    name="figure-6",
    title="Figure 6: thinking",
    caption=(
        "Answers with and without thinking, over the descriptions of the largest perception "
        "module, by the size of the reasoning module."
    ),
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
