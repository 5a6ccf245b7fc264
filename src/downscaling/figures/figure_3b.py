"""Figure 3b: what downscaling perception costs, beside what downscaling reasoning costs."""

from __future__ import annotations

import dataclasses

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..catalogue.paper_numbers import value as published_value
from . import labels, results, style

PANEL = "mean decrease"
PUBLISHED = {
    ("perception", "in-domain"): "fig3b.perc.in",
    ("perception", "out-of-domain"): "fig3b.perc.ood",
    ("reasoning", "in-domain"): "fig3b.reas.in",
    ("reasoning", "out-of-domain"): "fig3b.reas.ood",
}
"""The four decreases that the paper prints, from 8B to 0.6B."""
SERIES = {"Perception downscaled": style.PERCEPTION, "Reasoning downscaled": style.REASONING}


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """The decrease of a benchmark's average when one module goes from the largest to the smallest
    size, averaged over the sizes of the other module."""
    found = results.Results(scores, differences)
    rows = []
    for series, name in zip(SERIES, ("perception", "reasoning"), strict=True):
        for benchmark in labels.BENCHMARKS:
            number = found.difference(
                f"{name} {sizes[0]}->{sizes[-1]}",
                benchmark,
                "average",
                runs(name, sizes[0], sizes),
                runs(name, sizes[-1], sizes),
            )
            if number is not None and len(sizes) > 1:
                if (sizes[0], sizes[-1]) == ("8B", "0.6B"):
                    printed = published_value(PUBLISHED[name, benchmark])
                    number = dataclasses.replace(number, published=printed)
                rows.append(results.row(PANEL, series, benchmark, number))
    return results.table(rows)


def runs(module: str, size: str, sizes: list[str]) -> list[results.Run]:
    """The cells of the grid in which that module ("perception" or "reasoning") has that size."""
    if module == "perception":
        return [results.Run(f"instruct-{size}", other) for other in sizes]
    return [results.Run(f"instruct-{other}", size) for other in sizes]


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """Two bars a benchmark: perception downscaled, reasoning downscaled."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(5.2, 4.2)
    axes = figure.subplots()
    if plotted.empty:
        style.no_runs(axes, "the grid of perception and reasoning sizes")
    else:
        bars(axes, plotted)
        axes.set_ylabel(f"Mean decrease in accuracy,\n{labels.step(sizes)} (percentage points)")
        axes.set_title("Downscaling perception or reasoning alone", loc="left")
        style.shared_legend(figure)
    extra = "Averaged over the sizes of the other module" if len(plotted) else ""
    style.small_print(figure, plotted, extra)
    return figure, plotted


def bars(axes: Axes, plotted: pd.DataFrame, type_size: float = 8.5) -> None:
    """Draw the bars with their values printed above the intervals."""
    benchmarks = [name for name in labels.BENCHMARKS if (plotted["item"] == name).any()]
    for place, (series, look) in enumerate(SERIES.items()):
        rows = results.select(plotted, PANEL, series)
        across = [benchmarks.index(item) + 0.36 * (place - 0.5) for item in rows["item"]]
        axes.bar(
            across,
            rows["value"],
            yerr=style.errors(rows),
            width=0.33,
            color=look.color,
            hatch="" if place == 0 else "//",
            edgecolor="white",
            linewidth=0,
            label=series,
            error_kw={"elinewidth": 1.2, "capsize": 3, "ecolor": style.BLACK},
        )
        style.stars(axes, [x + 0.11 for x in across], rows["published"])
        for x, value, high in zip(across, rows["value"], rows["high"], strict=True):
            axes.annotate(
                style.hundreds(value),
                (x, max(value, high, 0)),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=type_size,
            )
    axes.axhline(0, color=style.BLACK, linewidth=0.8)
    axes.set_xticks(range(len(benchmarks)), [labels.BENCHMARKS[name] for name in benchmarks])
    axes.set_xlim(-0.5, len(benchmarks) - 0.5)
    axes.grid(False, axis="x")
    axes.margins(y=0.15)
    style.percent(axes)
