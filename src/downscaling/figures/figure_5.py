"""Figure 5: captioning against captioning and visual extraction tuning, at the small sizes."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..results import reference as models
from . import labels, results, style

CAPTIONING = "Captioning"
EXTRACTION = "Captioning + visual extraction tuning"
RELEASED = "The same, as released by the authors"
GAIN = "Gain"
SERIES = {CAPTIONING: style.CAPTION, EXTRACTION: style.EXTRACT, RELEASED: style.RELEASED}


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """For each size that has both: a benchmark's average with captioning-tuned and with
    extraction-tuned perception, the largest reasoner reading plain, and the gain. Beside them the
    released checkpoint of that size, where it was run."""
    found = results.Results(scores, differences)
    rows = []
    for benchmark in labels.BENCHMARKS:
        for size in reversed(sizes):
            caption = results.Run(f"caption-{size}", sizes[0])
            extract = results.Run(f"extract-{size}", sizes[0])
            numbers = {
                CAPTIONING: found.accuracy(caption, benchmark, "average"),
                EXTRACTION: found.accuracy(extract, benchmark, "average"),
                RELEASED: found.accuracy(
                    results.Run(f"{models.RELEASED}extract-{size}", sizes[0]), benchmark, "average"
                ),
                GAIN: found.difference(
                    f"extract vs caption {size}", benchmark, "average", [extract], [caption]
                ),
            }
            if numbers[EXTRACTION] is None:
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
    """A panel a benchmark: the bars of a size side by side, the gain with its interval above."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(8.4, 4.2)
    for axes, benchmark in zip(figure.subplots(1, 2, sharey=True), labels.BENCHMARKS, strict=True):
        rows = plotted[plotted["panel"] == benchmark]
        if rows.empty:
            style.no_runs(axes, "extraction-tuned perception with the largest reasoner")
            continue
        _bars(axes, rows, benchmark)
        axes.set_title(labels.BENCHMARKS[benchmark], loc="left")
        axes.set_xlabel("Size of the perception module")
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel("Accuracy, average over categories (%)")
    style.shared_legend(figure)
    extra = f"Reasoning module: {sizes[0]}, plain" if len(plotted) else ""
    style.small_print(figure, plotted, extra)
    return figure, plotted


def _bars(axes: Axes, rows: pd.DataFrame, benchmark: str) -> None:
    present = list(dict.fromkeys(rows["item"]))
    series_present = [name for name in SERIES if (rows["series"] == name).any()]
    step = 0.76 / len(series_present)
    for place, series in enumerate(series_present):
        look = SERIES[series]
        bars = results.select(rows, benchmark, series)
        shift = step * (place - (len(series_present) - 1) / 2)
        across = [present.index(item) + shift for item in bars["item"]]
        axes.bar(
            across,
            bars["value"],
            yerr=style.errors(bars),
            width=0.92 * step,
            color=look.color if look.filled else "white",
            edgecolor=look.color,
            label=series,
            error_kw={"elinewidth": 1.2, "capsize": 3, "ecolor": style.BLACK},
        )
        style.stars(axes, across, bars["published"])
        for x, value in zip(across, bars["value"], strict=True):
            axes.text(
                x,
                0.015,
                style.hundreds(value),
                ha="center",
                va="bottom",
                color="white" if look.filled else look.color,
                fontweight="bold",
                fontsize=10,
            )
    for gain in results.select(rows, benchmark, GAIN).itertuples():
        pair = rows[(rows["item"] == gain.item) & (rows["series"] != GAIN)]
        says = "{} [{}, {}]".format(
            *(style.hundreds(part, sign=True) for part in (gain.value, gain.low, gain.high))
        )
        if math.isfinite(gain.published):
            says += f"\n{style.STAR} {style.hundreds(gain.published, sign=True)}"
        axes.annotate(
            says,
            (present.index(gain.item), pair[["high", "published"]].max(axis=None)),
            xytext=(0, 10),
            textcoords="offset points",
            ha="center",
        )
    axes.set_xticks(range(len(present)), present)
    axes.set_xlim(-0.6, len(present) - 0.4)
    axes.grid(False, axis="x")
    axes.margins(y=0.2)
    style.percent(axes)
