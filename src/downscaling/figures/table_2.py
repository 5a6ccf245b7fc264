"""Table 2: every row of the paper, with an interval on every cell that was measured here.

A row that was not run shows what the paper prints, and says that it does no more. Where nothing of
the table was run there is no table.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..results.reference import printed_as, released, table_2
from ..study import names
from ..study.names import END_TO_END as STUDY_END_TO_END
from ..study.names import Run
from . import labels, results, style

END_TO_END = "End-to-end baseline"
DECOUPLED = "Decoupled baseline"
CAPTION_THINK = "Caption+Think"
SCRATCH = "Extract+Think from scratch"
EXTRACT_THINK = "Extract+Think"

MODELS = {
    "Baseline end-to-end (Sec 3)": END_TO_END,
    "Baseline decoupled (Sec 3.3)": DECOUPLED,
    "Extract+Think from scratch (dagger)": SCRATCH,
}
"""What the paper's models are called here, where that is not their name in `published.csv` up to a
bracket."""

MEASURED = "measured"

AVERAGE = {name: f"{name} average" for name in labels.BENCHMARKS}
COLUMNS = tuple(
    (benchmark, category, category if category != "average" else AVERAGE[benchmark])
    for benchmark, categories in labels.CATEGORIES.items()
    for category in (*categories, "average")
)
"""Benchmark, category and column name of the fourteen accuracies."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table: what it is called, and the run behind it. `tuning` is "" for a model
    that was not tuned here."""

    model: str
    tuning: str
    perception: str
    reasoning: str
    run: Run

    @property
    def title(self) -> str:
        """The line in one piece."""
        sizes = "/".join(filter(None, (self.perception, self.reasoning)))
        return f"{self.model} {sizes}"


def rows(sizes: list[str]) -> list[Row]:
    """The lines that may be measured, top to bottom as in the paper.

    Of the study's own models they are those that the sizes give: a reasoner is one step larger
    than its perception module, as in 0.6B/1.7B and 1.7B/4B. The paper's decoupled baseline pairs
    both small sizes with the larger of these reasoners; the matched pair is listed as well. A
    released checkpoint follows the models that it is one of.
    """
    small = labels.small(sizes)
    pairs = [(size, above) for size in small if (above := labels.larger(sizes, size))]
    decoupled = [*pairs, *((size, pairs[-1][1]) for size, _ in pairs)] if pairs else []
    decoupled = sorted(dict.fromkeys(decoupled), key=lambda pair: small.index(pair[0]))
    others = [row for row in _paper() if not row.tuning]
    lines = [row for row in others if not row.reasoning]
    lines += [_own(END_TO_END, names.INSTRUCT, size, "", "image") for size in small]
    lines += [row for row in others if row.reasoning]
    lines += [_own(DECOUPLED, names.INSTRUCT, *pair, "plain") for pair in decoupled]
    for model, tuning in (
        (CAPTION_THINK, names.CAPTION),
        (SCRATCH, names.SCRATCH),
        (EXTRACT_THINK, names.EXTRACT),
    ):
        own = [_own(model, tuning, *pair, "think") for pair in pairs]
        lines += [*own, *map(_released, own)]
    return lines


def _own(model: str, tuning: str, perception: str, reasoning: str, mode: str) -> Row:
    run = Run(f"{tuning}-{perception}", reasoning or STUDY_END_TO_END, mode)
    return Row(model, tuning, perception, reasoning, run)


def _released(row: Row) -> Row:
    return dataclasses.replace(
        row, model=f"{row.model}, released", tuning="", run=released(row.run)
    )


def _paper() -> list[Row]:
    """The lines of the paper."""
    return [
        Row(
            MODELS.get(row.model, row.model.split(" (")[0]),
            row.run.perception.removesuffix(f"-{row.perception}") if row.is_own else "",
            row.perception,
            row.reasoning,
            row.run,
        )
        for row in table_2()
    ]


def _split(found: results.Results, sizes: list[str]) -> tuple[list[Row], list[Row]]:
    """The lines that were measured, and those of the paper that none of them is about."""
    lines = [row for row in rows(sizes) if any(_cells(found, row).values())]
    about = {printed_as(row.run) for row in lines}
    return lines, [row for row in _paper() if lines and row.run not in about]


def _cells(found: results.Results, row: Row) -> dict[str, results.Number | None]:
    """What was measured of a line, by column."""
    return {
        name: found.accuracy(row.run, benchmark, category) for benchmark, category, name in COLUMNS
    }


def table(
    scores: pd.DataFrame, sizes: list[str], visual_samples: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Table 2 as one row a model: `model`, `perception`, `reasoning`, `visual samples`, then for
    each of the fourteen columns its accuracy as a fraction, `_low`, `_high` and `_n`. Then
    `source`, which says "measured" or "published only"; and what the paper prints: `visual
    samples_published`, and of each column `_published`.

    `visual_samples` gives the number of training samples with an image behind each tuning; a
    tuning that it lacks, or no mapping at all, leaves the cell empty. A cell that is missing from a
    run, or that the paper does not print, is empty; of rows that are published only, n is 0.
    """
    found = results.Results(scores)
    lines, rest = _split(found, sizes)
    frame = pd.DataFrame(
        [
            *(_line(found, row, MEASURED, visual_samples or {}) for row in lines),
            *(_line(found, row, results.PUBLISHED_ONLY, {}) for row in rest),
        ],
        columns=_header(),
    )
    counts = [name for name in frame.columns if name.endswith("_n")]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def _header() -> list[str]:
    header = ["model", "perception", "reasoning", "visual samples"]
    for _, _, name in COLUMNS:
        header += [name, f"{name}_low", f"{name}_high", f"{name}_n"]
    header += ["source", "visual samples_published"]
    return [*header, *(f"{name}_published" for _, _, name in COLUMNS)]


def _line(
    found: results.Results, row: Row, source: str, visual_samples: Mapping[str, int]
) -> dict[str, object]:
    samples = visual_samples.get(row.tuning)
    printed = {one.run: one.visual_samples for one in table_2()}
    line: dict[str, object] = {
        "model": row.model,
        "perception": row.perception,
        "reasoning": row.reasoning,
        "visual samples": "" if samples is None else str(samples),
        "source": source,
        "visual samples_published": printed.get(printed_as(row.run), ""),
    }
    cells = _cells(found, row)
    for benchmark, category, name in COLUMNS:
        number = cells[name]
        if source == results.PUBLISHED_ONLY:
            line[f"{name}_n"] = 0
        elif number:
            line |= {
                name: number.value,
                f"{name}_low": number.low,
                f"{name}_high": number.high,
                f"{name}_n": number.n,
            }
        line[f"{name}_published"] = results.in_paper(row.run, benchmark, category)
    return line


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """The cells of the rendered table: the panel is the benchmark, the series the line of the
    table, the item its column. Lines that were not run come last; their `interval` says so."""
    found = results.Results(scores, differences)
    lines, rest = _split(found, sizes)
    cells = []
    for row in lines:
        numbers = _cells(found, row)
        for benchmark, _, name in COLUMNS:
            if number := numbers[name]:
                cells.append(results.row(benchmark, row.title, name, number))
    for row in rest:
        for benchmark, category, name in COLUMNS:
            number = found.unmeasured(results.in_paper(row.run, benchmark, category))
            cells.append(results.row(benchmark, row.title, name, number))
    return results.table(cells)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """The table as a picture: accuracy in per cent, its interval below in small, what the paper
    prints behind a star; the best of each column in bold. Lines that were not run stand apart,
    below, with what the paper prints alone."""
    plotted = data(scores, differences, sizes)
    lines, rest = _split(results.Results(scores, differences), sizes)
    apart = len(lines) + 0.5
    places = {row: float(down) for down, row in enumerate(lines)}
    places |= {row: apart + 0.25 + 0.6 * down for down, row in enumerate(rest)}
    last = max(places.values(), default=0.0)
    figure = style.canvas(12.6, 1.5 + 0.52 * max(2.0, last + 1))
    axes = figure.subplots()
    if not lines:
        style.no_runs(axes, "end-to-end or decoupled answers at the small sizes")
        style.small_print(figure, plotted)
        return figure, plotted
    axes.set_axis_off()
    axes.set_xlim(-5.2, len(COLUMNS) + 0.1)
    axes.set_ylim(last + (0.3 if rest else 0.6), -1.9)
    _head(axes)
    cells = {(row.panel, row.series, row.item): row for row in plotted.itertuples()}
    best = plotted.groupby(["panel", "item"])["value"].max()
    for row, down in places.items():
        for place, (benchmark, _, name) in enumerate(COLUMNS):
            if cell := cells.get((benchmark, row.title, name)):
                _cell(axes, place + 0.5, down, cell, cell.value == best[benchmark, name])
    _names(axes, {row: places[row] for row in lines}, 0.45)
    if rest:
        axes.axhspan(apart - 1, last + 0.3, color="#FBF6DC", zorder=-1)
        says = f"{style.STAR} Published only: rows of the paper's table that were not run here"
        axes.text(-5.1, apart - 0.5, says, va="center", fontsize=8)
        _names(axes, {row: places[row] for row in rest}, 0.3)
    style.small_print(figure, plotted, "Bold: the best of a column")
    return figure, plotted


def _head(axes: Axes) -> None:
    """The names of columns, with the benchmarks above them."""
    for place, (benchmark, category, _) in enumerate(COLUMNS):
        short = labels.ABBREVIATIONS.get(category) or labels.FAMILIES.get(category, "Average")
        axes.text(place + 0.5, -0.8, short, ha="center", va="center", fontsize=8)
        if category == "average":
            width = len(labels.CATEGORIES[benchmark]) + 1
            axes.axvspan(place, place + 1, color="#F3F3F3", zorder=-2)
            axes.plot(
                [place - width + 1.1, place + 0.9], [-1.22, -1.22], color=style.BLACK, linewidth=0.8
            )
            says = f"{labels.BENCHMARKS[benchmark]}, accuracy (%)"
            axes.text(place + 1 - width / 2, -1.55, says, ha="center", va="center")
    axes.text(-5.1, -0.8, "Model", va="center", fontsize=8)
    axes.text(-1.45, -0.8, "Perception", ha="center", va="center", fontsize=8)
    axes.text(-0.45, -0.8, "Reasoning", ha="center", va="center", fontsize=8)


def _cell(axes: Axes, across: float, down: float, cell: Any, is_best: bool) -> None:
    """What was measured with its interval, and what the paper prints."""
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    printed = f"{style.STAR} {100 * cell.published:.1f}"
    if math.isnan(cell.value):
        axes.text(across, down, printed, fontsize=8, color=style.GREY, **middle)
        return
    weight = "bold" if is_best else "normal"
    axes.text(across, down - 0.24, f"{100 * cell.value:.1f}", fontweight=weight, **middle)
    span = style.span(cell.low, cell.high, 0)
    axes.text(across, down + 0.04, span, fontsize=6.5, color=style.GREY, **middle)
    if math.isfinite(cell.published):
        axes.text(across, down + 0.3, printed, fontsize=7, **middle)


def _names(axes: Axes, places: Mapping[Row, float], half: float) -> None:
    """The models and sizes of lines, a model named once below a rule; `half` is that of a line's
    height."""
    above = ""
    for row, down in places.items():
        if row.model != above:
            axes.axhline(down - half, color="#999999", linewidth=0.4 if above else 0.8)
            above = row.model
            axes.text(-5.1, down, above.replace(", released", ",\nreleased"), va="center")
        axes.text(-1.45, down, row.perception, ha="center", va="center")
        axes.text(-0.45, down, row.reasoning or "\N{EN DASH}", ha="center", va="center")
