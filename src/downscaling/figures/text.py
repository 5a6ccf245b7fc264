"""Numbers as figures print them, and the line of small print under each figure."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from ..results.estimate import REFERENCE, SEEDS, SEEN_ONCE
from ..results.tables import ALL_SEEDS
from . import style
from .numbers import PAIRED, UNPAIRED
from .panels import shows

CHARACTERS_PER_INCH = 19.5
"""Of the small print, on average."""

WORLDS = {
    "miniature": "rendered world; sizes name tiny stand-ins for Qwen3's",
    "miniature-seeds": "rendered world; sizes name tiny stand-ins for Qwen3's",
    "smoke": "rendered world, a few training steps: proves wiring, not science",
    "gpu": "rendered world, larger; sizes name tiny stand-ins for Qwen3's",
}
"""What a preset's numbers are about, said under every figure."""

INTERVALS = {
    PAIRED: "differences by a paired bootstrap over questions",
    UNPAIRED: "differences with both sides taken as independent",
}

TRAININGS = {
    SEEDS: "they hold the draw of questions and what trainings of several seeds vary",
    REFERENCE: "they hold the draw of questions and what trainings vary in a reference",
    SEEN_ONCE: "one training: they hold the draw of questions alone",
}
"""What of training the intervals of a figure hold."""


def hundreds(value: float, digits: int = 1) -> str:
    """A fraction in hundreds: a true minus sign, never a negative nil."""
    rounded = round(100 * value, digits) + 0.0
    return f"{rounded:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def interval(low: float, high: float) -> str:
    """An interval of fractions, in hundreds."""
    return f"[{hundreds(low)}, {hundreds(high)}]"


def small_print(figure: Figure, data: pd.DataFrame, extra: str = "") -> None:
    """The line under a figure: the preset and what it is, answers, answer parser, intervals,
    and what the marks mean that were drawn before. `extra` is left out where nothing was measured.
    """
    parts = []
    measured = data[data["value"].notna()]
    if len(measured):
        preset = str(measured["preset"].iloc[0])
        world = WORLDS.get(preset)
        seed = str(measured["seed"].iloc[0])
        seeds = "all seeds pooled" if seed == ALL_SEEDS else f"seed {seed}"
        kinds = [text for kind, text in INTERVALS.items() if (measured["interval"] == kind).any()]
        kinds += [text for kind, text in TRAININGS.items() if (measured["training"] == kind).any()]
        parts = [
            f"Preset {preset}" + (f" ({world})" if world else ""),
            f"{_counted(measured['n'])} answers, {seeds}",
            f"Answer parser: {measured['parser'].iloc[0]}",
            "; ".join(["95\N{NO-BREAK SPACE}% intervals", *kinds]),
        ]
        parts += [extra] if extra else []
    if shows(figure, style.MEAN):
        trainings = int(data["reference_seeds"].max())
        parts.append(
            f"{style.MEAN} mean of the reference over {trainings} trainings, with the "
            "95\N{NO-BREAK SPACE}% interval of what they vary"
        )
    if shows(figure, style.STAR):
        other = str(data["preset"].iloc[0]) in WORLDS
        parts.append(
            f"{style.STAR} published in arXiv 2511.17487"
            + (", of other models and questions: compare directions, not heights" if other else "")
        )
    inches = figure.get_size_inches()[0]
    line = textwrap.fill(". ".join(parts), int(inches * CHARACTERS_PER_INCH))
    figure.supxlabel(line, fontsize=7, x=0.01, ha="left", color=style.GREY)


def _counted(counts: pd.Series) -> str:
    low, high = int(counts.min()), int(counts.max())
    return (f"n = {low}" if low == high else f"n = {low} to {high}").replace(
        " ", "\N{NO-BREAK SPACE}"
    )
