"""Table 2: the paper's own rows, with an interval on every cell."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from . import labels, results, style

END_TO_END = "End-to-end baseline"
DECOUPLED = "Decoupled baseline"
CAPTION_THINK = "Caption+Think"
SCRATCH = "Extract+Think from scratch"
EXTRACT_THINK = "Extract+Think"

AVERAGE = {name: f"{name} average" for name in labels.BENCHMARKS}
COLUMNS = tuple(
    (benchmark, category, category if category != "average" else AVERAGE[benchmark])
    for benchmark, categories in labels.CATEGORIES.items()
    for category in (*categories, "average")
)
"""Benchmark, category and column name of the fourteen accuracies."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table: what it is called, and the run behind it."""

    model: str
    tuning: str
    perception: str
    reasoning: str
    run: results.Run


def rows(sizes: list[str]) -> list[Row]:
    """The lines that the sizes give, top to bottom as in the paper.

    A reasoner is one step larger than its perception module, as in 0.6B/1.7B and 1.7B/4B. The
    paper's decoupled baseline pairs both small sizes with the larger of these reasoners; the
    matched pair is listed as well.
    """
    small = labels.small(sizes)
    pairs = [(size, above) for size in small if (above := labels.larger(sizes, size))]
    lines = [
        Row(END_TO_END, "instruct", size, "", results.end_to_end(f"instruct-{size}"))
        for size in small
    ]
    decoupled = [*pairs, *((size, pairs[-1][1]) for size, _ in pairs)] if pairs else []
    for size, above in sorted(dict.fromkeys(decoupled), key=lambda pair: small.index(pair[0])):
        run = results.Run(f"instruct-{size}", above, "plain")
        lines.append(Row(DECOUPLED, "instruct", size, above, run))
    for model, tuning in (
        (CAPTION_THINK, "caption"),
        (SCRATCH, "extract-scratch"),
        (EXTRACT_THINK, "extract"),
    ):
        for size, above in pairs:
            run = results.Run(f"{tuning}-{size}", above, "think")
            lines.append(Row(model, tuning, size, above, run))
    return lines


def table(
    scores: pd.DataFrame, sizes: list[str], visual_samples: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Table 2 as one row a model: `model`, `perception`, `reasoning`, `visual samples`, then for
    each of the fourteen columns its accuracy as a fraction, `_low`, `_high` and `_n`.

    `visual_samples` gives the number of training samples with an image behind each tuning; a
    tuning that it lacks, or no mapping at all, leaves the cell empty. Rows that were not run are
    left out; a cell that is missing from a run is empty.
    """
    found = results.Results(scores)
    lines = []
    for row in rows(sizes):
        samples = (visual_samples or {}).get(row.tuning)
        line: dict[str, object] = {
            "model": row.model,
            "perception": row.perception,
            "reasoning": row.reasoning,
            "visual samples": "" if samples is None else str(samples),
        }
        cells = {
            name: found.accuracy(row.run, benchmark, category)
            for benchmark, category, name in COLUMNS
        }
        if not any(cells.values()):
            continue
        for name, number in cells.items():
            line[name] = number.value if number else None
            line[f"{name}_low"] = number.low if number else None
            line[f"{name}_high"] = number.high if number else None
            line[f"{name}_n"] = number.n if number else None
        lines.append(line)
    header = ["model", "perception", "reasoning", "visual samples"]
    for _, _, name in COLUMNS:
        header += [name, f"{name}_low", f"{name}_high", f"{name}_n"]
    frame = pd.DataFrame(lines, columns=header)
    counts = [name for name in header if name.endswith("_n")]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """The cells of the rendered table: the panel is the benchmark, the series the line of the
    table, the item its column."""
    found = results.Results(scores, differences)
    cells = []
    for row in rows(sizes):
        for benchmark, category, name in COLUMNS:
            number = found.accuracy(row.run, benchmark, category)
            if number is not None:
                cells.append(results.row(benchmark, _title(row), name, number))
    return results.table(cells)


def _title(row: Row) -> str:
    return f"{row.model} {row.perception}" + (f"/{row.reasoning}" if row.reasoning else "")


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """The table as a picture: accuracy in per cent, its interval below in small, what the paper
    prints behind a star; the best of each column in bold."""
    plotted = data(scores, differences, sizes)
    lines = [row for row in rows(sizes) if (plotted["series"] == _title(row)).any()]
    figure = style.canvas(12.6, 1.3 + 0.52 * max(2, len(lines)))
    axes = figure.subplots()
    if not lines:
        style.no_runs(axes, "end-to-end or decoupled answers at the small sizes")
        style.small_print(figure, plotted)
        return figure, plotted
    axes.set_axis_off()
    axes.set_xlim(-5.2, len(COLUMNS) + 0.1)
    axes.set_ylim(len(lines) - 0.4, -1.9)
    best = plotted.groupby(["panel", "item"])["value"].max()
    for place, (benchmark, category, name) in enumerate(COLUMNS):
        short = labels.ABBREVIATIONS.get(category) or labels.FAMILIES.get(category, "Average")
        axes.text(place + 0.5, -0.8, short, ha="center", va="center", fontsize=8)
        if category == "average":
            width = len(labels.CATEGORIES[benchmark]) + 1
            axes.axvspan(place, place + 1, color="#F3F3F3", zorder=0)
            axes.plot(
                [place - width + 1.1, place + 0.9], [-1.22, -1.22], color=style.BLACK, linewidth=0.8
            )
            axes.text(
                place + 1 - width / 2,
                -1.55,
                f"{labels.BENCHMARKS[benchmark]}, accuracy (%)",
                ha="center",
                va="center",
            )
        for down, row in enumerate(lines):
            cell = plotted[
                (plotted["panel"] == benchmark)
                & (plotted["series"] == _title(row))
                & (plotted["item"] == name)
            ]
            for number in cell.itertuples():
                top = number.value == best[(benchmark, name)]
                axes.text(
                    place + 0.5,
                    down - 0.24,
                    f"{100 * number.value:.1f}",
                    ha="center",
                    va="center",
                    fontweight="bold" if top else "normal",
                )
                axes.text(
                    place + 0.5,
                    down + 0.04,
                    style.span(number.low, number.high, 0),
                    ha="center",
                    va="center",
                    fontsize=6.5,
                    color=style.GREY,
                )
                if math.isfinite(number.published):
                    axes.text(
                        place + 0.5,
                        down + 0.3,
                        f"{style.STAR} {100 * number.published:.1f}",
                        ha="center",
                        va="center",
                        fontsize=7,
                    )
    axes.text(-5.1, -0.8, "Model", va="center", fontsize=8)
    axes.text(-1.45, -0.8, "Perception", ha="center", va="center", fontsize=8)
    axes.text(-0.45, -0.8, "Reasoning", ha="center", va="center", fontsize=8)
    for down, row in enumerate(lines):
        if down == 0 or row.model != lines[down - 1].model:
            axes.axhline(down - 0.45, color="#999999", linewidth=0.8 if down == 0 else 0.4)
            axes.text(-5.1, down, row.model, va="center")
        axes.text(-1.45, down, row.perception, ha="center", va="center")
        axes.text(-0.45, down, row.reasoning or "\N{EN DASH}", ha="center", va="center")
    style.small_print(figure, plotted, "Bold: the best of a column")
    return figure, plotted
