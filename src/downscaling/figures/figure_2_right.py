"""Figure 2, right: a family that loses more to downscaling leans more on the image."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from .. import records
from . import labels, results, style

PANEL = "families"
DROP = "drop from downscaling"
RELIANCE = "visual reliance"
CORRELATION = "rank correlation"
OVER_FAMILIES = "bootstrap over families"
RESAMPLES = 2000
NAME_SIZE = 7.5
NEAR = 12.0
"""Points of distance within which a name needs no line to its point."""
LEAST = 4
"""Families below which no rank correlation is given."""


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """Two rows a family, its drop from the largest to the smallest size and its visual reliance
    (the largest model's accuracy with the image minus blind), and one row with Spearman's rank
    correlation of the two, whose `n` counts families."""
    found = results.Results(scores, differences)
    largest = results.end_to_end(f"instruct-{sizes[0]}")
    rows = []
    for family in labels.FAMILIES:
        drop = found.difference(
            f"end-to-end {sizes[0]}->{sizes[-1]}",
            "families",
            family,
            [largest],
            [results.end_to_end(f"instruct-{sizes[-1]}")],
        )
        reliance = found.difference(
            f"visual reliance {sizes[0]}",
            "families",
            family,
            [largest],
            [results.end_to_end(f"instruct-{sizes[0]}", "blind")],
        )
        if drop is not None and reliance is not None and len(sizes) > 1:
            rows.append(results.row(PANEL, DROP, family, drop))
            rows.append(results.row(PANEL, RELIANCE, family, reliance))
    table = results.table(rows)
    drops = results.select(table, PANEL, DROP)["value"].to_numpy(float)
    reliances = results.select(table, PANEL, RELIANCE)["value"].to_numpy(float)
    value, low, high = rank_correlation(drops, reliances)
    if math.isfinite(value):
        number = results.Number(
            value,
            low,
            high,
            n=len(drops),
            seed=found.seed,
            preset=found.preset,
            reader=found.reader,
            interval=OVER_FAMILIES,
        )
        table = results.table([*rows, results.row(PANEL, CORRELATION, "all families", number)])
    return table


def rank_correlation(left: np.ndarray, right: np.ndarray) -> tuple[float, float, float]:
    """Spearman's rank correlation of two lists of equal length, with a 95 % percentile interval
    from a seeded bootstrap over their pairs. Not-a-number below `LEAST` pairs or without spread."""
    if len(left) < LEAST:
        return math.nan, math.nan, math.nan
    generator = np.random.default_rng(records.seed_of("rank correlation", len(left)))
    picks = generator.integers(0, len(left), size=(RESAMPLES, len(left)))
    value = _spearman(left[None], right[None])[0]
    draws = _spearman(left[picks], right[picks])
    draws = draws[np.isfinite(draws)]
    if not np.isfinite(value) or not len(draws):
        return math.nan, math.nan, math.nan
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(value), float(low), float(high)


def _spearman(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The correlation of the ranks along the last axis; not-a-number where a side is constant."""
    centred = [ranks - ranks.mean(-1, keepdims=True) for ranks in (_ranks(left), _ranks(right))]
    spread = np.sqrt((centred[0] ** 2).sum(-1) * (centred[1] ** 2).sum(-1))
    shared = (centred[0] * centred[1]).sum(-1)
    result = np.full(spread.shape, np.nan)
    np.divide(shared, spread, out=result, where=spread > 0)
    return result


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis, ties at their mean."""
    below = (values[..., :, None] > values[..., None, :]).sum(-1)
    equal = (values[..., :, None] == values[..., None, :]).sum(-1)
    ranks: np.ndarray = below + equal / 2
    return ranks


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """A point a family, with both intervals; the rank correlation in the title."""
    plotted = data(scores, differences, sizes)
    figure = style.canvas(6.8, 5.6)
    axes = figure.subplots()
    drops = results.select(plotted, PANEL, DROP)
    reliances = results.select(plotted, PANEL, RELIANCE)
    if drops.empty:
        style.no_runs(axes, "end-to-end answers at two sizes, and blind at the largest")
        style.small_print(figure, plotted)
        return figure, plotted
    single = np.array([family in labels.SINGLE_IMAGE for family in drops["item"]])
    for mask, color, marker, name in (
        (single, style.BLUE, "o", "single-image"),
        (~single, style.VERMILION, "s", "multi-image"),
    ):
        axes.errorbar(
            drops["value"][mask],
            reliances["value"][mask],
            xerr=style.errors(drops[mask]),
            yerr=style.errors(reliances[mask]),
            linestyle="none",
            marker=marker,
            color=color,
            ecolor="#B8B8B8",
            elinewidth=0.8,
            label=name,
        )
    axes.axhline(0, color=style.BLACK, linewidth=0.6)
    axes.axvline(0, color=style.BLACK, linewidth=0.6)
    style.percent(axes, "x")
    style.percent(axes, "y")
    axes.set_xlabel(f"Drop in accuracy from downscaling, {labels.step(sizes)} (percentage points)")
    axes.set_ylabel(f"Visual reliance of {sizes[0]}: with image \N{MINUS SIGN} blind (points)")
    found = results.select(plotted, PANEL, CORRELATION)
    if found.empty:
        title = "no rank correlation: too few families, or no spread"
    else:
        one = found.iloc[0]
        value, low, high = (
            f"{one[name]:.2f}".replace("-", "\N{MINUS SIGN}") for name in ("value", "low", "high")
        )
        title = f"Spearman rank correlation {value} [{low}, {high}], {one['n']} families"
    axes.set_title(title, loc="left")
    axes.legend(loc="best")
    points = plotted[plotted["series"] != CORRELATION]
    style.small_print(figure, points, "Rank correlation: 95 % interval, bootstrap over families")
    names = [labels.FAMILIES[family] for family in drops["item"]]
    _name_points(figure, axes, list(drops["value"]), list(reliances["value"]), names)
    return figure, plotted


def _name_points(
    figure: Figure, axes: Axes, across: list[float], up: list[float], names: list[str]
) -> None:
    """Write each name beside its point, at the first of a ring of places that is still free."""
    figure.draw_without_rendering()
    inside = axes.get_window_extent()
    spots = axes.transData.transform(np.column_stack([across, up]))
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in spots]
    legend = axes.get_legend()
    if legend is not None:
        taken.append(legend.get_window_extent())
    pixels = figure.dpi / 72
    leader = {"arrowstyle": "-", "color": "#777777", "linewidth": 0.6, "shrinkB": 5}
    ring = [
        (radius * math.cos(angle), radius * math.sin(angle))
        for radius in (9.0, 15.0, 22.0, 30.0, 40.0, 52.0)
        for angle in np.linspace(0.25 * math.pi, 2.25 * math.pi, 16, endpoint=False)
    ]
    for x, y, spot, name in zip(across, up, spots, names, strict=True):
        words = axes.text(x, y, name, fontsize=NAME_SIZE)
        size = words.get_window_extent()
        words.remove()

        def box(offset: tuple[float, float], spot: np.ndarray = spot, size: Bbox = size) -> Bbox:
            left = spot[0] + offset[0] * pixels - size.width * _ANCHOR[_side(offset[0])]
            low = spot[1] + offset[1] * pixels - size.height / 2
            return Bbox.from_bounds(left, low, size.width, size.height).padded(1.5)

        def cost(offset: tuple[float, float]) -> float:
            area = box(offset)
            outside = area.width * area.height - _overlap(area, inside)
            return outside + sum(_overlap(area, other) for other in taken)

        free = (place for place in ring if cost(place) < 1e-6)
        offset = next(free, None) or min(ring, key=lambda place: round(cost(place), 3))
        taken.append(box(offset))
        note = axes.annotate(
            name,
            (x, y),
            xytext=offset,
            textcoords="offset points",
            fontsize=NAME_SIZE,
            ha=_side(offset[0]),
            va="center",
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5},
            arrowprops=leader if math.hypot(*offset) > NEAR else None,
        )
        note.set_in_layout(False)


_ANCHOR = {"left": 0.0, "center": 0.5, "right": 1.0}


def _side(right: float) -> Literal["left", "center", "right"]:
    """How a name is aligned that stands so far to the right of its point."""
    return "left" if right > 1 else "right" if right < -1 else "center"


def _overlap(one: Bbox, other: Bbox) -> float:
    both = Bbox.intersection(one, other)
    return 0.0 if both is None else float(both.width * both.height)
