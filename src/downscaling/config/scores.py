"""How answers become numbers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .block import Block, Place, Positive, Seed

Parser = Literal["last-line", "first-letter", "robust"]


class Scores(Block):
    """How answers become numbers."""

    parser: Parser
    """the answer parser whose readings the figures show"""
    bootstrap: Annotated[Positive, Field(le=1_000_000)]
    """resamples of an interval"""
    spread: Place | None
    """how far trainings lie apart in a reference: its `spread.csv`, beside the Snakefile or with an
    absolute path; null: an interval holds the spread over this study's seeds, if it has several"""
    seed: Seed
    """of the resampling"""
