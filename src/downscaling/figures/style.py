"""One look for every figure: colours, sizes of type, markers.

Colours are Okabe and Ito's, which readers with any colour vision can tell apart; a series has a
marker of its own as well, so that a figure survives greyscale. What the paper prints is a yellow
star in every figure, edged in its series' colour. Figures are drawn without pyplot and without the
user's matplotlibrc: the same tables give the same bytes.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Literal, ParamSpec, TypeVar

import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#666666"
YELLOW = "#F0E442"

STAR = "\N{BLACK STAR}"
"""Marks published values in tables and in the small print; as a marker it has `YELLOW` inside."""

MEAN = "\N{DIAMETER SIGN}"
"""Marks means over a reference's trainings in tables and in the small print."""

DPI = 200
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


@dataclasses.dataclass(frozen=True)
class Look:
    """How a series is drawn."""

    color: str
    marker: str
    line: Literal["-", "--", ":", "none"] = "-"
    filled: bool = True


BASELINE = Look(BLACK, "o")
DECOUPLED = Look(ORANGE, "s", "--")
CAPTIONING = Look(BLUE, "^")
EXTRACTION = Look(GREEN, "D")
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
