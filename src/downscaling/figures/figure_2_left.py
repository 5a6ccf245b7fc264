"""Figure 2, left: what each family loses when the language model is downscaled."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..catalogue.paper_numbers import value
from . import labels, results, style

PANEL = "families"


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """The drop in end-to-end accuracy from the largest size to each smaller one, a row a family.

    Families are sorted by the drop to the smallest size, largest first.
    """
    found = results.Results(scores, differences)
    rows = []
    for size in reversed(sizes[1:]):
        for family in labels.FAMILIES:
            drop = found.difference(
                f"end-to-end {sizes[0]}->{size}",
                "families",
                family,
                [results.end_to_end(f"instruct-{sizes[0]}")],
                [results.end_to_end(f"instruct-{size}")],
            )
            if drop is not None:
                drop = dataclasses.replace(drop, published=_printed(found, family, sizes[0], size))
                rows.append(results.row(PANEL, f"{sizes[0]} → {size}", family, drop))
    table = results.table(rows)
    full = results.select(table, PANEL, labels.step(sizes))
    order = list(full.sort_values("value", ascending=False, kind="stable")["item"])
    table = table[table["item"].isin(order)]
    return table.sort_values(
        "item", key=lambda items: items.map(order.index), kind="stable"
    ).reset_index(drop=True)


def _printed(found: results.Results, family: str, largest: str, size: str) -> float:
    """The drop that the paper prints, in the accuracy of this run: it says what share of its
    accuracy Grounding loses from 8B to 0.6B. (It does so for NIGHTS too, which is but a part of
    perceptual similarity.)"""
    whole = found.accuracy(results.end_to_end(f"instruct-{largest}"), "families", family)
    if whole is None or (family, largest, size) != ("grounding", "8B", "0.6B"):
        return math.nan
    return -value("sec31.grounding") / 100 * whole.value


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """Bars: the drop to the smallest size, sorted. Markers: the drops to the sizes between."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(7.2, 6.6)
    axes = figure.subplots()
    full = results.select(plotted, PANEL, labels.step(sizes))
    if full.empty:
        style.no_runs(axes, "end-to-end answers on the families at two sizes")
        style.small_print(figure, plotted)
        return figure, plotted
    places = {family: place for place, family in enumerate(full["item"])}
    single = [family in labels.SINGLE_IMAGE for family in full["item"]]
    axes.barh(
        list(places.values()),
        full["value"],
        xerr=style.errors(full),
        height=0.72,
        color=[style.SKY if one else style.ORANGE for one in single],
        error_kw={"elinewidth": 1.1, "capsize": 2.5, "ecolor": style.BLACK},
    )
    looks = [style.Look(style.BLACK, "o", filled=False), style.Look(style.BLACK, "^", filled=False)]
    between = list(reversed(sizes[1:-1]))
    shifts = [0.27 * (1 - 2 * place / max(1, len(between) - 1)) for place in range(len(between))]
    keys = []
    for place, size in enumerate(between):
        look = looks[place % len(looks)]
        rows = results.select(plotted, PANEL, f"{sizes[0]} → {size}")
        axes.errorbar(
            rows["value"],
            [
                places[family] + (shifts[place] if len(between) > 1 else 0.2)
                for family in rows["item"]
            ],
            xerr=style.errors(rows),
            linestyle="none",
            marker=look.marker,
            markersize=4,
            color=style.GREY,
            markerfacecolor="white",
            elinewidth=0.7,
        )
        keys.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=look.marker,
                markersize=4,
                color=style.GREY,
                markerfacecolor="white",
                label=f"{sizes[0]} → {size}",
            )
        )
    style.stars(axes, full["published"], list(places.values()))
    axes.set_yticks(list(places.values()), [labels.FAMILIES[family] for family in places])
    axes.set_ylim(len(places) - 0.4, -0.6)
    axes.axvline(0, color=style.BLACK, linewidth=0.8)
    axes.grid(False, axis="y")
    style.percent(axes, "x")
    axes.set_xlabel(f"Drop in accuracy from {sizes[0]} (percentage points)")
    axes.set_title("Performance drop from LLM downscaling, by task", loc="left")
    figure.legend(
        handles=[
            Patch(color=style.SKY, label=f"{labels.step(sizes)}, single-image"),
            Patch(color=style.ORANGE, label=f"{labels.step(sizes)}, multi-image"),
            *keys,
            *style.named([axes]).values(),
        ],
        loc="outside upper center",
        ncols=3,
        columnspacing=1.2,
    )
    extra = "End-to-end instruction-tuned models"
    if full["published"].notna().any():
        extra += f". Published for Grounding: the share lost, of its accuracy at {sizes[0]} here"
    style.small_print(figure, plotted, extra)
    return figure, plotted
