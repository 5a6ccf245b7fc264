"""Table 2 as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from ..config.roles import Roles
from ..results.reference import accuracies
from ..results.scores import Scores
from . import labels, panel, style
from .cell import cell
from .figure import Drawing, Figure
from .numbers import Numbers, row, table
from .quantity import Quantity
from .table_2_lines import COLUMNS, Line, lines, measured, unmeasured
from .text import small_print

TOP = -1.4
"""Where the heads of columns begin: the first line of the table stands at 0, the next at 1."""

Columns = Sequence[tuple[str, str, str]]
"""Some of `COLUMNS`."""


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The cells: the panel is the benchmark, the series the line of the table, the item its
    column."""
    return [
        Quantity(
            panel=benchmark,
            series=line.title,
            item=name,
            benchmark=benchmark,
            category=category,
            runs=(line.run,),
        )
        for line in lines(sizes, roles)
        for benchmark, category, name in COLUMNS
    ]


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """The table as a picture: accuracy in per cent, its interval below in small, the mean of a
    reference if one is named, what the paper prints behind a star; the best of each column in bold.
    Lines that were not run stand apart, below, with what the paper prints alone; their `interval`
    says so in the data. A benchmark that is not in the study has no columns."""
    numbers = Numbers(scores, roles)
    above = measured(scores, sizes, roles)
    below = unmeasured(above) if above else []
    known = numbers.table(quantities(roles, sizes))
    columns = [column for column in COLUMNS if (known["panel"] == column[0]).any()]
    cells = [known.to_dict("records")]
    cells += [_published(numbers, line, columns) for line in below]
    data = table(cell for line in cells for cell in line)
    apart = len(above) + 0.1
    places = {line: float(down) for down, line in enumerate(above)}
    places |= {line: apart + 0.25 + 0.45 * down for down, line in enumerate(below)}
    last = max(places.values(), default=0.0)
    bottom = last + (0.25 if below else 0.5)
    width = 3.8 + 0.74 * max(7, len(columns))
    figure = style.canvas(width, 0.5 + 0.68 * max(3.0, bottom - TOP))
    axes = figure.subplots()
    if not above:
        panel.no_runs(axes, "end-to-end or decoupled answers at the small sizes")
        return figure, data
    axes.set_axis_off()
    axes.set_xlim(-5.2, len(columns) + 0.1)
    axes.set_ylim(bottom, TOP)
    _head(axes, columns)
    by_place = {(cell.panel, cell.series, cell.item): cell for cell in data.itertuples()}
    best = data.groupby(["panel", "item"])["value"].max()
    for line, down in places.items():
        for place, (benchmark, _, name) in enumerate(columns):
            if shown := by_place.get((benchmark, line.title, name)):
                is_best = shown.value == best[benchmark, name]
                color = style.GREY if line in below else style.BLACK
                cell(axes, place + 0.5, down, shown, step=0.175, color=color, is_bold=is_best)
    _models(axes, {line: places[line] for line in above}, 0.47)
    if below:
        axes.axhspan(apart - 0.6, bottom, color="#FBF6DC", zorder=-1)
        words = f"{style.STAR} Published only: rows of the paper's table that were not run here"
        axes.text(-5.1, apart - 0.28, words, va="center", fontsize=8)
        _models(axes, {line: places[line] for line in below}, 0.225)
    small_print(figure, data, "Bold: the best of a column")
    return figure, data


def _published(numbers: Numbers, line: Line, columns: Columns) -> list[dict[str, Any]]:
    """The cells of a line that was not run."""
    printed = accuracies()
    return [
        row(
            benchmark,
            line.title,
            name,
            numbers.unmeasured(printed.get((line.printed, benchmark, category), math.nan)),
        )
        for benchmark, category, name in columns
    ]


def _head(axes: Axes, columns: Columns) -> None:
    """The names of columns, with the benchmarks above them."""
    for place, (benchmark, category, _) in enumerate(columns):
        short = labels.ABBREVIATIONS.get(category) or labels.FAMILIES.get(category, "Average")
        axes.text(place + 0.5, -0.72, short, ha="center", va="center", fontsize=8)
        if category == "average":
            width = len(labels.CATEGORIES[benchmark]) + 1
            axes.axvspan(place, place + 1, color="#F3F3F3", zorder=-2)
            axes.plot(
                [place - width + 1.1, place + 0.9], [-0.98, -0.98], color=style.BLACK, linewidth=0.8
            )
            words = f"{labels.BENCHMARKS[benchmark]}, accuracy (%)"
            axes.text(place + 1 - width / 2, -1.2, words, ha="center", va="center")
    axes.text(-5.1, -0.72, "Model", va="center", fontsize=8)
    axes.text(-1.45, -0.72, "Perception", ha="center", va="center", fontsize=8)
    axes.text(-0.45, -0.72, "Reasoning", ha="center", va="center", fontsize=8)


def _models(axes: Axes, places: Mapping[Line, float], half: float) -> None:
    """The models and sizes of lines, a model named once below a rule; `half` is that of a line's
    height."""
    above = ""
    for line, down in places.items():
        if line.model != above:
            axes.axhline(down - half, color="#999999", linewidth=0.4 if above else 0.8)
            above = line.model
            axes.text(-5.1, down, above.replace(", released", ",\nreleased"), va="center")
        axes.text(-1.45, down, line.perception, ha="center", va="center")
        axes.text(-0.45, down, line.reasoning or "\N{EN DASH}", ha="center", va="center")


FIGURE = Figure(
    name="table-2",
    title="Table 2 as a picture",
    caption=(
        "The paper's Table 2: accuracy in per cent with its interval, best of each column in bold; "
        f"behind {style.MEAN} the reference's mean, where one is named; behind a star what the "
        "paper prints. Rows on yellow ground were not run here and hold the paper's numbers alone."
    ),
    quantities=quantities,
    draw=draw,
)
