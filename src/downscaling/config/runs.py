"""What is evaluated."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .block import Block, Once
from .generation import Mode


class EndToEndRuns(Block):
    """The models that answer from the image."""

    models: Annotated[list[str], Once]
    """with the image"""
    blind: Annotated[list[str], Once]
    """without it"""


class Pairs(Block):
    """A cross product of decoupled runs; those with one reasoning module and mode are one job."""

    perception: Annotated[list[str], Field(min_length=1), Once]
    """perception modules `<tuning>-<size>`, or gold for the miniature's true descriptions, or names
    of `external`"""
    reasoning: Annotated[list[str], Field(min_length=1), Once]
    """reasoning modules: sizes of the language model, or names of `external.reasoners`"""
    modes: Annotated[list[Mode], Field(min_length=1), Once]


class Runs(Block):
    """What is evaluated."""

    end_to_end: EndToEndRuns
    decoupled: list[Pairs]
