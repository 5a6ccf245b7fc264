"""Figure 5: captioning against captioning and visual extraction tuning, at the small sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, panel, style
from .figure import Drawing, Figure
from .numbers import Numbers, select
from .panels import by_benchmark, shared_legend
from .quantity import Quantity
from .runs import plain
from .text import hundreds, interval, small_print

CAPTIONING = "Captioning"
EXTRACTION = "Captioning + visual extraction tuning"
RELEASED = "The same, as released by the authors"
GAIN = "Gain"
SERIES = {CAPTIONING: style.CAPTIONING, EXTRACTION: style.EXTRACTION, RELEASED: style.RELEASED}
ROLES = {
    CAPTIONING: "caption",
    EXTRACTION: "extraction",
    RELEASED: "released-extraction",
}


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """For each size that has extraction-tuned perception: a benchmark's average with it and with
    captioning-tuned perception, the largest reasoner reading plain, and the gain. Beside them the
    released checkpoint of that size."""
    shown = []
    for benchmark in labels.BENCHMARKS:
        for size in reversed(sizes):
            runs = {
                series: plain(roles.module(role, size), sizes[0])
                for series, role in ROLES.items()
                if role in roles.bound()
            }
            extraction, captioning = runs[EXTRACTION], runs[CAPTIONING]
            shown += [
                Quantity.average(benchmark, series, size, run, beside=extraction)
                for series, run in runs.items()
            ]
            name = f"extract vs caption {size}"
            shown.append(Quantity.average(benchmark, GAIN, size, extraction, (captioning,), name))
    return shown


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A panel a benchmark: the bars of a size side by side, the gain with its interval below."""
    data = Numbers(scores, roles).table(quantities(roles, sizes))
    figure = style.canvas(8.4, 4.6)
    for axes, benchmark, rows in by_benchmark(
        figure,
        data,
        needs="extraction-tuned perception with the largest reasoner",
        up="Accuracy, average over categories (%)",
    ):
        _bars(axes, rows, benchmark)
        _sizes(axes, rows, benchmark)
        axes.set_xlabel(f"Size of the perception module, gain in {labels.POINTS}")
    shared_legend(figure)
    small_print(figure, data, f"Reasoning module: {sizes[0]}, plain")
    return figure, data


def _bars(axes: Axes, rows: pd.DataFrame, benchmark: str) -> None:
    """The bars of each size, their values printed inside at the foot."""
    sizes = list(dict.fromkeys(rows["item"]))
    present = [series for series in SERIES if (rows["series"] == series).any()]
    step = 0.76 / len(present)
    for place, series in enumerate(present):
        look = SERIES[series]
        bars = select(rows, benchmark, series)
        shift = step * (place - (len(present) - 1) / 2)
        across = [sizes.index(item) + shift for item in bars["item"]]
        axes.bar(
            across,
            bars["value"],
            yerr=panel.errors(bars),
            width=0.92 * step,
            color=look.color if look.filled else "white",
            edgecolor=look.color,
            label=series,
            error_kw={"elinewidth": 1.2, "capsize": 3, "ecolor": style.BLACK},
        )
        panel.stars(axes, across, bars["published"])
        panel.reference(axes, [x - 0.3 * step for x in across], bars)
        for x, value in zip(across, bars["value"], strict=True):
            axes.text(
                x,
                0.015,
                hundreds(value),
                ha="center",
                va="bottom",
                color="white" if look.filled else look.color,
                fontweight="bold",
                fontsize=10,
            )
    axes.set_xlim(-0.6, len(sizes) - 0.4)
    axes.grid(False, axis="x")
    panel.accuracies(axes)


def _sizes(axes: Axes, rows: pd.DataFrame, benchmark: str) -> None:
    """Write below the bars of each size what it is, and its gain."""
    words = {size: str(size) for size in rows["item"]}
    for gain in select(rows, benchmark, GAIN).itertuples():
        told = f"\ngain {hundreds(gain.value)}\n{interval(gain.low, gain.high)}"
        if math.isfinite(gain.published):
            told += f"\n{style.STAR} {hundreds(gain.published)}"
        words[gain.item] += told
    axes.set_xticks(range(len(words)), list(words.values()))


FIGURE = Figure(
    name="figure-5",
    title="Figure 5: visual extraction tuning",
    caption=(
        "What visual extraction tuning adds to the caption models, read by the largest reasoning "
        "module."
    ),
    roles=("caption", "extraction"),
    quantities=quantities,
    draw=draw,
)
