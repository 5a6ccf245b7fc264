"""Figure 2, left: what each family loses when the language model is downscaled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..catalogue.paper_numbers import value
from ..config.roles import Roles
from ..results.scores import Scores
from . import labels, panel, style
from .figure import Drawing, Figure
from .numbers import Numbers, select
from .panels import shared_legend
from .quantity import Quantity
from .runs import end_to_end
from .text import small_print

PANEL = "families"
BETWEEN = ("o", "^")
"""Markers of the drops to the sizes between."""


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """The drop in end-to-end accuracy from the largest size to each smaller one, by family."""
    return [
        Quantity(
            panel=PANEL,
            series=labels.arrow(sizes[0], size),
            item=family,
            benchmark="families",
            category=family,
            runs=(end_to_end(roles.module("baseline", sizes[0])),),
            minus=(end_to_end(roles.module("baseline", size)),),
            comparison=f"end-to-end {sizes[0]}->{size}",
        )
        for size in reversed(sizes[1:])
        for family in labels.FAMILIES
    ]


def data(scores: Scores, sizes: Sequence[str], roles: Roles) -> pd.DataFrame:
    """These drops, families sorted by the drop to the smallest size, largest first. A family
    without that drop is left out."""
    drops = Numbers(scores, roles).table(quantities(roles, sizes))
    if (sizes[0], sizes[-1]) == ("8B", "0.6B"):
        # The paper says what share of its accuracy Grounding loses: here, of the run's own. (It
        # says so of NIGHTS too, which is but a part of perceptual similarity.)
        largest = end_to_end(roles.module("baseline", sizes[0]))
        whole = scores.accuracy(largest, "families", "grounding")
        printed = (drops["item"] == "grounding") & (drops["series"] == labels.step(sizes))
        if whole:
            drops.loc[printed, "published"] = -value("sec31.grounding") / 100 * whole.value
    full = select(drops, PANEL, labels.step(sizes))
    order = list(full.sort_values("value", ascending=False, kind="stable")["item"])
    kept = drops[drops["item"].isin(order)]
    return kept.sort_values(
        "item", key=lambda items: items.map(order.index), kind="stable"
    ).reset_index(drop=True)


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """Bars: the drop to the smallest size, sorted. Markers: the drops to the sizes between."""
    drops = data(scores, sizes, roles)
    figure = style.canvas(7.2, 6.6)
    axes = figure.subplots()
    full = select(drops, PANEL, labels.step(sizes))
    if full.empty:
        panel.no_runs(axes, "end-to-end answers on the families at two sizes")
        return figure, drops
    names = (f"{labels.step(sizes)}, {kind}" for kind in ("single-image", "multi-image"))
    bars(axes, full, *names, elinewidth=1.1, capsize=2.5)
    _between(axes, drops, sizes)
    name_families(axes, full)
    axes.set_xlabel(f"Drop in accuracy from {sizes[0]} ({labels.POINTS})")
    axes.set_title("Performance drop from LLM downscaling, by task", loc="left")
    shared_legend(figure)
    extra = "End-to-end instruction-tuned models"
    if full["published"].notna().any():
        extra += f". Published for Grounding: the share lost, of its accuracy at {sizes[0]} here"
    small_print(figure, drops, extra)
    return figure, drops


def bars(
    axes: Axes, drops: pd.DataFrame, single_image: str, multi_image: str, **error_bars: float
) -> None:
    """A bar a family, the first on top; the families of one image and those of several apart by
    colour, and by these names in a legend."""
    single = drops["item"].isin(labels.SINGLE_IMAGE).to_numpy()
    for shown, color, name in (
        (single, style.SKY, single_image),
        (~single, style.ORANGE, multi_image),
    ):
        if not shown.any():
            continue
        axes.barh(
            np.flatnonzero(shown),
            drops["value"][shown],
            xerr=panel.errors(drops[shown]),
            height=0.72,
            color=color,
            label=name,
            error_kw={"ecolor": style.BLACK, **error_bars},
        )


def name_families(axes: Axes, drops: pd.DataFrame, type_size: float = 8.5) -> None:
    """Write each family beside its bar, stars at what the paper prints."""
    panel.stars(axes, drops["published"], range(len(drops)))
    panel.reference(axes, range(len(drops)), drops, "x")
    axes.set_yticks(
        range(len(drops)), [labels.FAMILIES[item] for item in drops["item"]], fontsize=type_size
    )
    axes.set_ylim(len(drops) - 0.4, -0.6)
    axes.axvline(0, color=style.BLACK, linewidth=0.8)
    axes.grid(False, axis="y")
    panel.differences(axes, "x")


def _between(axes: Axes, drops: pd.DataFrame, sizes: Sequence[str]) -> None:
    """Draw the drops to the sizes between."""
    places = {item: place for place, item in enumerate(dict.fromkeys(drops["item"]))}
    between = list(reversed(sizes[1:-1]))
    for place, size in enumerate(between):
        series = labels.arrow(sizes[0], size)
        rows = select(drops, PANEL, series)
        if rows.empty:
            continue
        shift = 0.27 * (1 - 2 * place / (len(between) - 1)) if len(between) > 1 else 0.2
        axes.errorbar(
            rows["value"],
            [places[family] + shift for family in rows["item"]],
            xerr=panel.errors(rows),
            elinewidth=0.7,
            linestyle="none",
            marker=BETWEEN[place % len(BETWEEN)],
            markersize=4,
            color=style.GREY,
            markerfacecolor="white",
            label=series,
        )


FIGURE = Figure(
    name="figure-2-left",
    title="Figure 2 (left): what each family loses",
    caption=(
        "What each family of tasks loses, answered end to end from the image, when the language "
        "model shrinks from the largest size to the smallest."
    ),
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
