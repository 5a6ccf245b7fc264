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
    spread: str | None
    """how far trainings lie apart in a reference: its `spread.csv`, beside the Snakefile or with an
    absolute path; null: an interval holds the spread over this study's seeds, if it has several"""
    seed: Count
    """of the resampling"""
