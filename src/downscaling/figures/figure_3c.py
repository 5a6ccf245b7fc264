"""Figure 3c: accuracy over sizes as perception, reasoning, or both are downscaled."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from . import labels, results, style

SERIES = {
    "Perception downscaled": style.PERCEPTION,
    "Reasoning downscaled": style.REASONING,
    "Both downscaled": style.BOTH,
}


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """A benchmark's average at each size of the module that shrinks, the other kept at the
    largest size; and with both modules at that size."""
    found = results.Results(scores, differences)
    largest = sizes[0]
    rows = []
    for benchmark in labels.BENCHMARKS:
        for series in SERIES:
            for size in sizes:
                run = {
                    "Perception downscaled": results.Run(f"instruct-{size}", largest),
                    "Reasoning downscaled": results.Run(f"instruct-{largest}", size),
                    "Both downscaled": results.Run(f"instruct-{size}", size),
                }[series]
                number = found.accuracy(run, benchmark, "average")
                if number is not None:
                    rows.append(results.row(benchmark, series, size, number))
    return results.table(rows)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """A panel a benchmark, a line for each module that shrinks."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(8.4, 3.9)
    style.panels(
        figure,
        plotted,
        sizes,
        SERIES,
        across="Size of the downscaled module",
        up="Accuracy, average over categories (%)",
        needs="decoupled answers of instruction-tuned perception",
    )
    extra = f"The module that is not downscaled stays at {sizes[0]}" if len(plotted) else ""
    style.small_print(figure, plotted, extra)
    return figure, plotted
