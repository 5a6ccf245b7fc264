"""Figure 2, right: a family that loses more to downscaling leans more on the image."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..records.files import seed_of
from . import labels, results, style
from .names import name_points

PANEL = "families"
DROP = "drop from downscaling"
RELIANCE = "visual reliance"
CORRELATION = "rank correlation"
OVER_FAMILIES = "bootstrap over families"
RESAMPLES = 2000
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
    generator = np.random.default_rng(seed_of("rank correlation", len(left)))
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
    name_points(figure, axes, list(drops["value"]), list(reliances["value"]), names)
    return figure, plotted
