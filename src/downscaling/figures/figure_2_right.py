"""Figure 2, right: a family that loses more to downscaling leans more on the image."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..config.roles import Roles
from ..results.estimate import Estimate
from ..results.scores import Scores
from . import labels, panel, style
from .correlation import rank_correlation
from .figure import Drawing, Figure
from .numbers import Numbers, row, select
from .point_labels import label_points
from .quantity import Quantity
from .runs import end_to_end
from .text import small_print

PANEL = "families"
DROP = "drop from downscaling"
RELIANCE = "visual reliance"
CORRELATION = "rank correlation"
OVER_FAMILIES = "bootstrap over families"


def quantities(roles: Roles, sizes: Sequence[str]) -> list[Quantity]:
    """Two of each family: its drop from the largest to the smallest size, and its visual reliance,
    which is the largest model's accuracy with the image minus that without. Of one size there is
    none."""
    if len(sizes) < 2:
        return []
    largest, smallest = (roles.module("baseline", size) for size in (sizes[0], sizes[-1]))
    sides = {
        DROP: (end_to_end(smallest), f"end-to-end {sizes[0]}->{sizes[-1]}"),
        RELIANCE: (end_to_end(largest, "blind"), f"visual reliance {sizes[0]}"),
    }
    return [
        Quantity(
            panel=PANEL,
            series=series,
            item=family,
            benchmark="families",
            category=family,
            runs=(end_to_end(largest),),
            minus=(subtracted,),
            comparison=comparison,
        )
        for family in labels.FAMILIES
        for series, (subtracted, comparison) in sides.items()
    ]


def data(scores: Scores, sizes: Sequence[str], roles: Roles) -> pd.DataFrame:
    """Both numbers of each family that has both, and one row with Spearman's rank correlation of
    the two, whose `n` counts families."""
    numbers = Numbers(scores, roles)
    points = numbers.table(quantities(roles, sizes))
    points = points[points.groupby("item")["item"].transform("size") == len((DROP, RELIANCE))]
    drops, reliances = (select(points, PANEL, series)["value"] for series in (DROP, RELIANCE))
    value, low, high = rank_correlation(drops.to_numpy(float), reliances.to_numpy(float))
    if math.isnan(value):
        return points
    correlation = numbers.number(Estimate(value, low, high, len(drops)), OVER_FAMILIES)
    points.loc[len(points)] = row(PANEL, CORRELATION, "all families", correlation)
    return points


@style.styled
def draw(scores: Scores, sizes: Sequence[str], roles: Roles) -> Drawing:
    """A point a family, with both intervals; the rank correlation in the title."""
    shown = data(scores, sizes, roles)
    figure = style.canvas(6.8, 5.6)
    axes = figure.subplots()
    drops, reliances = (select(shown, PANEL, series) for series in (DROP, RELIANCE))
    if drops.empty:
        panel.no_runs(axes, "end-to-end answers at two sizes, and blind at the largest")
        return figure, shown
    _points(axes, drops, reliances)
    axes.set_xlabel(f"Drop in accuracy from downscaling, {labels.step(sizes)} ({labels.POINTS})")
    axes.set_ylabel(
        f"Visual reliance of {sizes[0]}: with image \N{MINUS SIGN} blind ({labels.POINTS})"
    )
    axes.set_title(_title(select(shown, PANEL, CORRELATION)), loc="left")
    axes.legend(loc="best")
    points = shown[shown["series"] != CORRELATION]
    small_print(figure, points, "Rank correlation: 95 % interval, bootstrap over families")
    families = [labels.FAMILIES[family] for family in drops["item"]]
    label_points(figure, axes, list(drops["value"]), list(reliances["value"]), families)
    return figure, shown


def _points(axes: Axes, drops: pd.DataFrame, reliances: pd.DataFrame) -> None:
    single = np.array([family in labels.SINGLE_IMAGE for family in drops["item"]])
    for mask, color, marker, name in (
        (single, style.BLUE, "o", "single-image"),
        (~single, style.VERMILION, "s", "multi-image"),
    ):
        if not mask.any():
            continue
        axes.errorbar(
            drops["value"][mask],
            reliances["value"][mask],
            xerr=panel.errors(drops[mask]),
            yerr=panel.errors(reliances[mask]),
            linestyle="none",
            marker=marker,
            color=color,
            ecolor="#B8B8B8",
            elinewidth=0.8,
            label=name,
        )
    axes.axhline(0, color=style.BLACK, linewidth=0.6)
    axes.axvline(0, color=style.BLACK, linewidth=0.6)
    panel.differences(axes, "x")
    panel.differences(axes, "y")


def _title(correlation: pd.DataFrame) -> str:
    """The correlation in words, of data that have one row of it or none."""
    if correlation.empty:
        return "no rank correlation: too few families, or no spread"
    one = correlation.iloc[0]
    value, low, high = (
        f"{one[name]:.2f}".replace("-", "\N{MINUS SIGN}") for name in ("value", "low", "high")
    )
    return f"Spearman rank correlation {value} [{low}, {high}], {one['n']} families"


FIGURE = Figure(
    name="figure-2-right",
    title="Figure 2 (right): loss against visual reliance",
    caption=(
        "The same loss against how much a family relies on seeing: the largest model's accuracy "
        "with the image minus its accuracy without."
    ),
    roles=("baseline",),
    quantities=quantities,
    draw=draw,
)
