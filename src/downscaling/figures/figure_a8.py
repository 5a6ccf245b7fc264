"""Figure A8: where thinking helps, by out-of-domain category."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from . import labels, results, style

PANEL = "out-of-domain"
ALL = "all sizes"
LOOKS = (
    style.Look(style.BLACK, "o"),
    style.Look(style.BLUE, "s"),
    style.Look(style.GREEN, "^"),
    style.Look(style.VERMILION, "D"),
)


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """The gain from thinking in each category, over the descriptions of the largest
    instruction-tuned perception module: at each reasoner size, and over all of them."""
    found = results.Results(scores, differences)
    perception = f"instruct-{sizes[0]}"
    rows = []
    for series, comparison, some in [
        (ALL, "thinking *", sizes),
        *((size, f"thinking {size}", [size]) for size in sizes),
    ]:
        for category in labels.CATEGORIES[PANEL]:
            number = found.difference(
                comparison,
                PANEL,
                category,
                [results.Run(perception, size, "think") for size in some],
                [results.Run(perception, size, "plain") for size in some],
            )
            if number is not None:
                rows.append(results.row(PANEL, series, category, number))
    return results.table(rows)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """Bars: the gain over all reasoner sizes. Markers: the gain at each size."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(8.4, 4.2)
    axes = figure.subplots()
    if plotted.empty:
        style.no_runs(axes, "thinking and plain answers over the largest perception module")
        style.small_print(figure, plotted)
        return figure, plotted
    names = labels.CATEGORIES[PANEL]
    places = {category: float(place) for place, category in enumerate(names)}
    bars = results.select(plotted, PANEL, ALL)
    axes.bar(
        [places[item] for item in bars["item"]],
        bars["value"],
        yerr=style.errors(bars),
        width=0.82,
        color="#F6E0EC",
        label=ALL,
        error_kw={"elinewidth": 2.2, "capsize": 6, "capthick": 2.2, "ecolor": style.PURPLE},
    )
    for place, size in enumerate(sizes):
        look = LOOKS[place % len(LOOKS)]
        shift = 0.62 * (place - (len(sizes) - 1) / 2) / max(1, len(sizes) - 1)
        dots = style.Look(look.color, look.marker, "none")
        style.line(axes, plotted, PANEL, size, places=places, look=dots, shift=shift)
    axes.axhline(0, color=style.BLACK, linewidth=0.8)
    axes.set_xticks(list(places.values()), [name.replace(" ", "\n", 1) for name in names.values()])
    axes.grid(False, axis="x")
    axes.set_ylabel("Gain from thinking\n(percentage points)")
    style.percent(axes)
    style.shared_legend(figure, title="Size of the reasoning module")
    extra = f"Out-of-domain benchmark. Perception module: instruction-tuned, {sizes[0]}"
    style.small_print(figure, plotted, extra)
    return figure, plotted
