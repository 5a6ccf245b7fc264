"""What the panels of all figures have in common: axes, error bars, stars, empty panels."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .numbers import select
from .style import BLACK, GREY, MEAN, STAR, YELLOW, Look

Axis = Literal["x", "y"]

BINS, STEPS = 7, [1, 2, 5, 10]
"""Of ticks: the most intervals between them, and which steps."""

PUBLISHED = "Published"
"""What a legend calls stars."""

REFERENCE = f"{MEAN} Reference"
"""What a legend calls its marks."""

NAMES = {STAR: PUBLISHED, MEAN: REFERENCE}
"""What a legend calls a mark of the small print."""

BEYOND = 0.04
"""How far an axis of accuracies reaches beyond 0 and 1, so that marks at its ends stay whole."""


class _Accuracies(MaxNLocator):
    """Ticks that stay within what an accuracy can be, as does the axis."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Places of ticks on an axis from `vmin` to `vmax`."""
        return super().tick_values(max(vmin, 0.0), min(vmax, 1.0))

    def view_limits(self, dmin: float, dmax: float) -> tuple[float, float]:
        """The ends of an axis whose data, with margins, reach from `dmin` to `dmax`."""
        return max(dmin, -BEYOND), min(dmax, 1 + BEYOND)


def accuracies(axes: Axes, axis: Axis = "y") -> None:
    """Print an axis of accuracies in per cent, none beyond 0 and 100."""
    _hundreds(axes, axis, _Accuracies(nbins=BINS, steps=STEPS))


def differences(axes: Axes, axis: Axis = "y") -> None:
    """Print an axis of differences between accuracies in points."""
    _hundreds(axes, axis, MaxNLocator(nbins=BINS, steps=STEPS))


def _hundreds(axes: Axes, axis: Axis, ticks: MaxNLocator) -> None:
    which = axes.yaxis if axis == "y" else axes.xaxis
    which.set_major_locator(ticks)
    which.set_major_formatter(
        FuncFormatter(lambda value, _: f"{100 * value:.4g}".replace("-", "\N{MINUS SIGN}"))
    )


def over_sizes(axes: Axes, sizes: Sequence[str], label: str) -> dict[str, float]:
    """Make the horizontal axis one of sizes, largest left; return where each stands."""
    axes.set_xticks(range(len(sizes)), list(sizes))
    axes.set_xlim(-0.4, len(sizes) - 0.6)
    axes.set_xlabel(label)
    axes.grid(False, axis="x")
    return {size: float(place) for place, size in enumerate(sizes)}


def errors(rows: pd.DataFrame) -> list[list[float]]:
    """Distances from each value down to low and up to high, as matplotlib wants them."""
    down = (rows["value"] - rows["low"]).clip(lower=0).fillna(0)
    up = (rows["high"] - rows["value"]).clip(lower=0).fillna(0)
    return [list(down), list(up)]


def line(
    axes: Axes,
    data: pd.DataFrame,
    panel: str,
    series: str,
    *,
    places: dict[str, float],
    look: Look,
    shift: float = 0.0,
    name: str = "",
) -> None:
    """Draw one series over the items of `places`, each point with its interval and the star of
    what the paper prints; nothing of a series without rows. `name` is what a legend calls it, if
    not as the data do."""
    rows = select(data, panel, series)
    if rows.empty:
        return
    across = [places[item] + shift for item in rows["item"]]
    axes.errorbar(
        across,
        rows["value"],
        yerr=errors(rows),
        label=name or series,
        color=look.color,
        linestyle=look.line,
        marker=look.marker,
        markerfacecolor=look.color if look.filled else "white",
        capsize=2.5,
        elinewidth=1.0,
    )
    stars(axes, across, rows["published"], look.color)
    reference(axes, across, rows, color=look.color)


def reference(
    axes: Axes,
    along: Sequence[float],
    rows: pd.DataFrame,
    axis: Axis = "y",
    color: str = BLACK,
) -> None:
    """Mark the mean over a reference's trainings, where it is known: a dash on a pale band, which
    is the interval over them. Values lie on `axis`, the rows at places `along` the other one."""
    known = np.isfinite(rows["reference"].to_numpy(float))
    if not known.any():
        return
    shown = rows[known]
    places, means = np.asarray(along, float)[known], shown["reference"]
    arms = [means - shown["reference_low"], shown["reference_high"] - means]
    bars: dict[str, Any] = {f"{axis}err": arms}
    axes.errorbar(
        *((places, means) if axis == "y" else (means, places)),
        **bars,
        linestyle="none",
        marker="_" if axis == "y" else "|",
        markersize=8,
        markeredgewidth=1.4,
        color=color,
        ecolor=f"{color}40",
        elinewidth=6,
        zorder=1.5,
        label=REFERENCE,
    )


def stars(
    axes: Axes, across: Sequence[float], up: Sequence[float], edge: str | Sequence[str] = BLACK
) -> None:
    """Mark published values, where there are any: places along both axes, either of which may
    hold the values; not-a-number marks nothing."""
    shown = np.isfinite(np.asarray(across, float)) & np.isfinite(np.asarray(up, float))
    if not shown.any():
        return
    axes.scatter(
        np.asarray(across, float)[shown],
        np.asarray(up, float)[shown],
        s=80,
        marker="*",
        color=YELLOW,
        edgecolors=edge,
        linewidths=0.9,
        zorder=5,
        label=PUBLISHED,
    )


def no_runs(axes: Axes, needs: str) -> None:
    """Say in a panel that the preset has no runs for it, instead of an empty frame."""
    axes.set_axis_off()
    axes.text(
        0.5,
        0.5,
        textwrap.fill(f"no runs: this panel needs {needs}", 34),
        ha="center",
        va="center",
        transform=axes.transAxes,
        color=GREY,
    )
