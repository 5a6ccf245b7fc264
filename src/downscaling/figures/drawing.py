"""Figures and tables of the study, one module each, from the score tables alone.

Every figure has `draw(scores, differences, sizes)`, which returns the figure and exactly the data
that it shows; `sizes` are largest first. A figure whose runs a preset does not have says so in its
panel and has empty data.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from ..records.files import replacing
from . import (
    figure_2_left,
    figure_2_right,
    figure_3b,
    figure_3c,
    figure_4,
    figure_5,
    figure_6,
    figure_a1,
    figure_a2,
    figure_a3,
    figure_a4,
    figure_a8,
    overview,
    style,
    table_2,
    table_a1,
)
from .results import load

__all__ = ["FIGURES", "Draw", "load", "save", "save_table"]

Draw = Callable[[pd.DataFrame, pd.DataFrame, list[str]], tuple[Figure, pd.DataFrame]]

FIGURES: dict[str, Draw] = {
    "figure-2-left": figure_2_left.draw,
    "figure-2-right": figure_2_right.draw,
    "figure-3b": figure_3b.draw,
    "figure-3c": figure_3c.draw,
    "figure-4": figure_4.draw,
    "figure-5": figure_5.draw,
    "figure-6": figure_6.draw,
    "figure-a1": figure_a1.draw,
    "figure-a2": figure_a2.draw,
    "figure-a3": figure_a3.draw,
    "figure-a4": figure_a4.draw,
    "figure-a8": figure_a8.draw,
    "table-2": table_2.draw,
    "table-a1": table_a1.draw,
    "overview": overview.draw,
}


@style.styled
def save(name: str, figure: Figure, data: pd.DataFrame, stem: Path) -> None:
    """Write a figure as `stem`.png and `stem`.svg, and its data as `stem`.csv, each whole or not
    at all. The bytes hold no date and no random id: the same tables give the same files."""
    stem = Path(stem)
    matplotlib.rcParams["svg.hashsalt"] = name
    with replacing(stem.with_name(f"{stem.name}.png")) as path:
        figure.savefig(path, format="png", dpi=style.DPI, metadata={"Software": None})
    figure.set_layout_engine("none")  # Both pictures keep the places found for the first.
    with replacing(stem.with_name(f"{stem.name}.svg")) as path:
        figure.savefig(path, format="svg", metadata={"Date": None})
    save_table(data, stem.with_name(f"{stem.name}.csv"))


def save_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, fractions to six decimals, whole or not at all."""
    with replacing(path) as temporary:
        frame.to_csv(temporary, index=False, float_format="%.6f", lineterminator="\n")
