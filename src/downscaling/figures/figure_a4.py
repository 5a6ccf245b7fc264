"""Figure A4: LLaVA-OneVision as the perception module, read by Qwen2."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ..study.names import QWEN2
from . import figure_a3, results, style

REASONING = "Reasoning downscaled, Qwen2 7B \N{RIGHTWARDS ARROW} 0.5B"


def data(scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]) -> pd.DataFrame:
    """What downscaling one module costs in each category, as in figure A3, with Qwen2's two sizes
    as reasoners."""
    return figure_a3.drops(results.Results(scores, differences), QWEN2, REASONING)


@style.styled
def draw(
    scores: pd.DataFrame, differences: pd.DataFrame, sizes: list[str]
) -> tuple[Figure, pd.DataFrame]:
    """The panels of figure A3."""
    return figure_a3.panels(data(scores, differences, sizes))
