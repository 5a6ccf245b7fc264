"""One look for every figure: colours, sizes of type, error bars, the line of small print.

Colours are Okabe and Ito's, which readers with any colour vision can tell apart; a series has a
marker of its own as well, so that a figure survives greyscale. What the paper prints is a yellow
star in every figure, edged in its series' colour. Drawn without pyplot and without
the reader's matplotlibrc: the same tables give the same bytes.
"""

from __future__ import annotations

import dataclasses
import functools
import textwrap
from collections.abc import Callable, Sequence
from typing import Literal, ParamSpec, TypeVar

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .labels import BENCHMARKS
from .results import PAIRED, UNPAIRED, measured, select

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#666666"
YELLOW = "#F0E442"

PUBLISHED = "Published"

STAR = "\N{BLACK STAR}"
"""Marks published values in tables and in the small print; as a marker it has `YELLOW` inside."""

DPI = 200
CHARACTERS_PER_INCH = 19.5
"""Of the small print, on average."""
SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.labelsize": 9.0,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "lines.markersize": 6.0,
    "svg.fonttype": "path",
    "figure.dpi": 100.0,
    "savefig.dpi": float(DPI),
}

WORLDS = {
    "miniature": "rendered world; sizes name tiny stand-ins for Qwen3's",
    "smoke": "rendered world, a few training steps: proves wiring, not science",
    "gpu": "rendered world, larger; sizes name tiny stand-ins for Qwen3's",
}
"""What a preset's numbers are about, said under every figure."""

INTERVALS = {
    PAIRED: "differences by a paired bootstrap over questions",
    UNPAIRED: "differences with both sides taken as independent",
}


@dataclasses.dataclass(frozen=True)
class Look:
    """How a series is drawn."""

    color: str
    marker: str
    line: Literal["-", "--", ":", "none"] = "-"
    filled: bool = True


BASELINE = Look(BLACK, "o")
DECOUPLED = Look(ORANGE, "s", "--")
CAPTION = Look(BLUE, "^")
EXTRACT = Look(GREEN, "D")
RELEASED = Look(GREEN, "P", ":", filled=False)
SCRATCH = Look(GREEN, "D", "--", filled=False)
PERCEPTION = Look(BLUE, "o")
REASONING = Look(VERMILION, "s")
BOTH = Look(GREY, "^", ":")
PLAIN = Look(BLACK, "o")
THINK = Look(PURPLE, "D")

_P = ParamSpec("_P")
_R = TypeVar("_R")


def styled(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Run a function under the figures' settings, whatever the process has set before."""

    @functools.wraps(draw)
    def inside(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with matplotlib.style.context(SETTINGS, after_reset=True):
            return draw(*args, **kwargs)

    return inside


def canvas(width: float, height: float) -> Figure:
    """An empty figure of that size in inches, laid out so that nothing overlaps or is cut."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def percent(axes: Axes, axis: str = "y") -> None:
    """Print an axis of fractions in hundreds, as the paper's tables do."""
    which = axes.yaxis if axis == "y" else axes.xaxis
    which.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10]))
    which.set_major_formatter(
        FuncFormatter(lambda value, _: f"{100 * value:.4g}".replace("-", "\N{MINUS SIGN}"))
    )


def hundreds(value: float, sign: bool = False, digits: int = 1) -> str:
    """A fraction as it is printed beside a bar: in hundreds, a true minus sign."""
    return f"{100 * value:{'+' if sign else ''}.{digits}f}".replace("-", "\N{MINUS SIGN}")


def span(low: float, high: float, digits: int = 1) -> str:
    """An interval of fractions as it is printed in a cell, in hundreds."""
    ends = (f"{100 * end:.{digits}f}" for end in (low, high))
    return " \N{EN DASH} ".join(ends)


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
) -> None:
    """Draw one series over the items of `places`, each point with its interval."""
    rows = select(data, panel, series)
    axes.errorbar(
        [places[item] + shift for item in rows["item"]],
        rows["value"],
        yerr=errors(rows),
        label=series,
        color=look.color,
        linestyle=look.line,
        marker=look.marker,
        markerfacecolor=look.color if look.filled else "white",
        capsize=2.5,
        elinewidth=1.0,
    )
    stars(axes, [places[item] + shift for item in rows["item"]], rows["published"], look.color)


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


def over_sizes(axes: Axes, sizes: Sequence[str], label: str) -> dict[str, float]:
    """Make the horizontal axis one of sizes, largest left; return where each stands."""
    axes.set_xticks(range(len(sizes)), list(sizes))
    axes.set_xlim(-0.4, len(sizes) - 0.6)
    axes.set_xlabel(label)
    axes.grid(False, axis="x")
    return {size: float(place) for place, size in enumerate(sizes)}


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


def small_print(figure: Figure, data: pd.DataFrame, extra: str = "") -> None:
    """The line under a figure: preset and what it is, answers, reader, kind of interval."""
    parts = []
    found = measured(data)
    if len(found):
        preset = str(found["preset"].iloc[0])
        world = WORLDS.get(preset)
        seed = str(found["seed"].iloc[0])
        seeds = "all seeds pooled" if seed == "all" else f"seed {seed}"
        kinds = [text for kind, text in INTERVALS.items() if (found["interval"] == kind).any()]
        parts += [
            f"Preset {preset}" + (f" ({world})" if world else ""),
            f"{_counted(found['n'])} answers, {seeds}",
            f"Reader: {found['reader'].iloc[0]}",
            "; ".join(["95\N{NO-BREAK SPACE}% intervals", *kinds]),
        ]
    if extra:
        parts.append(extra)
    if data["published"].notna().any():
        other = str(data["preset"].iloc[0]) in WORLDS
        parts.append(
            f"{STAR} published in arXiv 2511.17487"
            + (", of other models and questions: compare directions, not heights" if other else "")
        )
    inches = figure.get_size_inches()[0]
    text = textwrap.fill(". ".join(parts), int(inches * CHARACTERS_PER_INCH))
    figure.supxlabel(text, fontsize=7, x=0.01, ha="left", color=GREY)


def _counted(counts: pd.Series) -> str:
    low, high = int(counts.min()), int(counts.max())
    return (f"n = {low}" if low == high else f"n = {low} to {high}").replace(
        " ", "\N{NO-BREAK SPACE}"
    )


def panels(
    figure: Figure,
    data: pd.DataFrame,
    sizes: Sequence[str],
    series: dict[str, Look],
    *,
    across: str,
    up: str,
    needs: str,
) -> None:
    """A panel a benchmark, side by side, with a line a series over the sizes."""
    spread = 0.07
    for place, (axes, benchmark) in enumerate(
        zip(figure.subplots(1, len(BENCHMARKS), sharey=True), BENCHMARKS, strict=True)
    ):
        if not (data["panel"] == benchmark).any():
            no_runs(axes, needs)
            continue
        places = over_sizes(axes, sizes, across)
        for index, (name, look) in enumerate(series.items()):
            shift = spread * (index - (len(series) - 1) / 2)
            line(axes, data, benchmark, name, places=places, look=look, shift=shift)
        percent(axes)
        axes.set_title(BENCHMARKS[benchmark], loc="left")
        if place == 0:
            axes.set_ylabel(up)
    shared_legend(figure)


def named(drawn: Sequence[Axes]) -> dict[str, Artist]:
    """What a legend shows of some axes: one handle a name, published values last."""
    handles: dict[str, Artist] = {}
    for axes in drawn:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, handle)
    if PUBLISHED in handles:
        handles[PUBLISHED] = handles.pop(PUBLISHED)
    return handles


def shared_legend(
    figure: Figure, series: Sequence[str] | None = None, title: str | None = None
) -> None:
    """One legend above all panels, for the named series or for every one that was drawn."""
    handles = {
        name: handle
        for name, handle in named(figure.axes).items()
        if series is None or name in (*series, PUBLISHED)
    }
    if handles:
        figure.legend(
            list(handles.values()),
            list(handles),
            loc="outside upper center",
            ncols=len(handles),
            title=title,
        )
