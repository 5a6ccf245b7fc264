"""Figures A3 and A4: what downscaling one module of two costs, category by category."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..config.roles import Step
from . import labels, panel, style
from .figure import Drawing
from .panels import by_benchmark, shared_legend
from .quantity import Quantity
from .runs import plain
from .text import small_print

PERCEPTION = "Perception downscaled, LLaVA-OneVision 7B \N{RIGHTWARDS ARROW} 0.5B"
NEEDS = "plain answers over both LLaVA-OneVision perception modules"
PERCEIVED = style.Look(style.BLUE, "o", "none"), -0.12
REASONED = style.Look(style.VERMILION, "s", "none"), 0.12
"""How the drops of each module are drawn, and how far beside a category's place."""


def quantities(seeing: Step, reasoners: Sequence[str], reasoning: str) -> list[Quantity]:
    """The drop in each category when the perception module goes from the larger to the smaller,
    averaged over reasoners; and when the reasoner does, averaged over perception modules.

    Args:
        seeing: the perception modules.
        reasoners: largest first; of one alone there is nothing.
        reasoning: the name of the reasoners' series.
    """
    most, least = reasoners[0], reasoners[-1]
    if most == least:
        return []
    modules = (seeing.large, seeing.small)
    name = f"perception {seeing.large}->{seeing.small}, {most} to {least}"
    perception = [tuple(plain(module, other) for other in reasoners) for module in modules]
    reasoners_name = f"reasoning {most}->{least}, {seeing.large} and {seeing.small}"
    reasoned = [tuple(plain(module, other) for module in modules) for other in (most, least)]
    return [
        Quantity(
            panel=benchmark,
            series=series,
            item=category,
            benchmark=benchmark,
            category=category,
            runs=runs,
            minus=minus,
            comparison=comparison,
        )
        for benchmark, categories in labels.CATEGORIES.items()
        for series, comparison, (runs, minus) in (
            (PERCEPTION, name, perception),
            (reasoning, reasoners_name, reasoned),
        )
        for category in (*categories, "average")
    ]


@style.styled
def draw(data: pd.DataFrame) -> Drawing:
    """A panel a benchmark: a marker a category for each module that shrinks."""
    figure = style.canvas(9.6, 4.2)
    for axes, benchmark, rows in by_benchmark(
        figure, data, needs=NEEDS, up=f"Drop in accuracy ({labels.POINTS})"
    ):
        categories = {**labels.CATEGORIES[benchmark], "average": "Average"}
        places = {category: float(place) for place, category in enumerate(categories)}
        for series in dict.fromkeys(rows["series"]):
            look, shift = PERCEIVED if series == PERCEPTION else REASONED
            panel.line(axes, rows, benchmark, series, places=places, look=look, shift=shift)
        axes.axhline(0, color=style.BLACK, linewidth=0.8)
        axes.axvline(len(categories) - 1.5, color="#999999", linewidth=0.6)
        short = [labels.ABBREVIATIONS.get(name, label) for name, label in categories.items()]
        axes.set_xticks(list(places.values()), short, fontsize=7.5)
        axes.grid(False, axis="x")
        panel.differences(axes)
    shared_legend(figure)
    small_print(figure, data, "Mean over the models of the other module, plain reasoning")
    return figure, data
