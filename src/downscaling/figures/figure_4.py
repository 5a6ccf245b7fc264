"""Figure 4: captioning-tuned perception with the largest reasoner against end-to-end baselines."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from . import labels, results, style

SERIES = {
    "End-to-end baseline": style.BASELINE,
    "Decoupled baseline": style.DECOUPLED,
    "Decoupled, captioning": style.CAPTION,
}


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """A benchmark's average at each size: the end-to-end baseline of that size, and perception of
    that size, instruction-tuned or captioning-tuned, read by the largest reasoner."""
    found = results.Results(scores, differences)
    rows = []
    for benchmark in labels.BENCHMARKS:
        for series in SERIES:
            for size in sizes:
                run = {
                    "End-to-end baseline": results.end_to_end(f"instruct-{size}"),
                    "Decoupled baseline": results.Run(f"instruct-{size}", sizes[0]),
                    "Decoupled, captioning": results.Run(f"caption-{size}", sizes[0]),
                }[series]
                number = found.accuracy(run, benchmark, "average")
                if number is not None:
                    rows.append(results.row(benchmark, series, size, number))
    return results.table(rows)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """A panel a benchmark, a line a method, over the size of what looks at the image."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(8.4, 3.9)
    style.panels(
        figure,
        plotted,
        sizes,
        SERIES,
        across="Size of the perception module or end-to-end model",
        up="Accuracy, average over categories (%)",
        needs="captioning-tuned perception with the largest reasoner",
    )
    extra = f"Reasoning module of the decoupled runs: {sizes[0]}, plain" if len(plotted) else ""
    style.small_print(figure, plotted, extra)
    return figure, plotted
