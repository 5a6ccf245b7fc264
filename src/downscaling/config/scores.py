"""How answers become numbers."""

from __future__ import annotations

from typing import Literal

from .block import Block, Count, Positive

Parser = Literal["last-line", "first-letter", "robust"]


class Scores(Block):
    """How answers become numbers."""

    parser: Parser
    """the answer parser whose readings the figures show"""
    bootstrap: Positive
    """resamples of an interval"""
    seed: Count
    """of the resampling"""
