"""Figures and tables as files."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from ..records.files import replacing
from . import style
from .table_files import save_table


@style.styled
def save(name: str, figure: Figure, data: pd.DataFrame, png: Path, svg: Path, csv: Path) -> None:
    """Write a figure as PNG and SVG, and its data as CSV, each whole or not at all. The bytes hold
    no date and no random id: the same tables give the same files."""
    matplotlib.rcParams["svg.hashsalt"] = name
    with replacing(png) as path:
        figure.savefig(path, format="png", dpi=style.DPI, metadata={"Software": None})
    figure.set_layout_engine("none")  # Both pictures keep the places found for the first.
    with replacing(svg) as path:
        figure.savefig(path, format="svg", metadata={"Date": None})
    save_table(data, csv)
