"""Figure 6: thinking on and off, over the sizes of the reasoning module."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from . import labels, results, style

PLAIN = "Without thinking"
THINK = "With thinking"
GAIN = "Gain from thinking"
SERIES = {PLAIN: style.PLAIN, THINK: style.THINK}


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """A benchmark's average at each reasoner size, plain and thinking, over the descriptions of
    the largest instruction-tuned perception module; and the gain."""
    found = results.Results(scores, differences)
    perception = f"instruct-{sizes[0]}"
    rows = []
    for benchmark in labels.BENCHMARKS:
        for size in sizes:
            plain = results.Run(perception, size, "plain")
            think = results.Run(perception, size, "think")
            numbers = {
                PLAIN: found.accuracy(plain, benchmark, "average"),
                THINK: found.accuracy(think, benchmark, "average"),
                GAIN: found.difference(f"thinking {size}", benchmark, "average", [think], [plain]),
            }
            if numbers[THINK] is None:
                continue
            rows += [
                results.row(benchmark, series, size, number)
                for series, number in numbers.items()
                if number is not None
            ]
    return results.table(rows)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """A column a benchmark: accuracy with and without thinking above, the gain below."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(8.4, 5.2)
    grid = figure.subplots(2, 2, sharey="row", sharex="col", height_ratios=[2.2, 1.2])
    for column, benchmark in enumerate(labels.BENCHMARKS):
        top, bottom = grid[0][column], grid[1][column]
        if not (plotted["panel"] == benchmark).any():
            style.no_runs(top, "thinking and plain answers over the largest perception module")
            bottom.set_axis_off()
            continue
        places = style.over_sizes(bottom, sizes, "Size of the reasoning module")
        for place, (series, look) in enumerate(SERIES.items()):
            style.line(
                top,
                plotted,
                benchmark,
                series,
                places=places,
                look=look,
                shift=0.08 * (place - 0.5),
            )
        style.line(
            bottom,
            plotted,
            benchmark,
            GAIN,
            places=places,
            look=style.Look(style.GREY, "o", "none"),
        )
        bottom.axhline(0, color=style.BLACK, linewidth=0.8)
        top.set_title(labels.BENCHMARKS[benchmark], loc="left")
        top.grid(False, axis="x")
        top.tick_params(axis="x", length=0)
        for axes in (top, bottom):
            style.percent(axes)
        if column == 0:
            top.set_ylabel("Accuracy, average\nover categories (%)")
            bottom.set_ylabel("Gain from\nthinking (points)")
    style.shared_legend(figure, list(SERIES))
    extra = f"Perception module: instruction-tuned, {sizes[0]}" if len(plotted) else ""
    style.small_print(figure, plotted, extra)
    return figure, plotted
