"""How answers become numbers."""

from __future__ import annotations

from typing import Literal

from .block import Block, Count, Positive

Reader = Literal["last-line", "first-letter", "robust"]


class Scores(Block):
    """How answers become numbers."""

    reader: Reader
    """whose reading of the answers the figures show"""
    bootstrap: Positive
    """resamples of an interval"""
    seed: Count
    """of the resampling"""
