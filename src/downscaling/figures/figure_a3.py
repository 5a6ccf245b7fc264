"""Figure A3: LLaVA-OneVision as the perception module, read by the study's own reasoners."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from ..study.names import LLAVA_ONEVISION
from . import labels, results, style

PERCEPTION = "Perception downscaled, LLaVA-OneVision 7B \N{RIGHTWARDS ARROW} 0.5B"
NEEDS = "plain answers over both LLaVA-OneVision perception modules"


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """What downscaling one module costs in each category, the mean over the other module's: the
    perception module from the larger LLaVA-OneVision to the smaller, and the reasoner from the
    study's largest size to its smallest."""
    says = f"Reasoning downscaled, Qwen3 {labels.step(sizes)}"
    return drops(results.Results(scores, differences), sizes, says)


def drops(found: results.Results, reasoners: Sequence[str], reasoning: str) -> pd.DataFrame:
    """The same for any reasoners, largest first; `reasoning` is what the series of these is
    called. Without reasoners of two sizes there are no rows."""
    (large, small), most, least = LLAVA_ONEVISION, reasoners[0], reasoners[-1]
    sides = {
        (PERCEPTION, f"perception {large}->{small}, {most} to {least}"): [
            [results.Run(model, reasoner) for reasoner in reasoners] for model in (large, small)
        ],
        (reasoning, f"reasoning {most}->{least}, {large} and {small}"): [
            [results.Run(model, reasoner) for model in (large, small)] for reasoner in (most, least)
        ],
    }
    rows = []
    for benchmark, categories in labels.CATEGORIES.items():
        for (series, name), (left, right) in sides.items():
            for category in (*categories, "average"):
                number = found.difference(name, benchmark, category, left, right)
                if number is not None and most != least:
                    rows.append(results.row(benchmark, series, category, number))
    return results.table(rows)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """A panel a benchmark: a marker a category for each module that shrinks."""
    return panels(data(scores, differences, sizes))


def panels(plotted: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The panels of such drops."""
    figure = style.canvas(9.6, 4.2)
    looks = (style.PERCEPTION, style.REASONING)
    for axes, benchmark in zip(figure.subplots(1, 2, sharey=True), labels.BENCHMARKS, strict=True):
        rows = plotted[plotted["panel"] == benchmark]
        if rows.empty:
            style.no_runs(axes, NEEDS)
            continue
        names = {**labels.CATEGORIES[benchmark], "average": "Average"}
        places = {category: float(place) for place, category in enumerate(names)}
        for place, (series, look) in enumerate(
            zip(dict.fromkeys(rows["series"]), looks, strict=True)
        ):
            dots = style.Look(look.color, look.marker, "none")
            shift = 0.24 * (place - 0.5)
            style.line(axes, rows, benchmark, series, places=places, look=dots, shift=shift)
        axes.axhline(0, color=style.BLACK, linewidth=0.8)
        axes.axvline(len(names) - 1.5, color="#999999", linewidth=0.6)
        short = [labels.ABBREVIATIONS.get(name, label) for name, label in names.items()]
        axes.set_xticks(list(places.values()), short, fontsize=7.5)
        axes.grid(False, axis="x")
        axes.set_title(labels.BENCHMARKS[benchmark], loc="left")
        style.percent(axes)
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel("Drop in accuracy (percentage points)")
    style.shared_legend(figure)
    extra = "Mean over the models of the other module, plain reasoning" if len(plotted) else ""
    style.small_print(figure, plotted, extra)
    return figure, plotted
