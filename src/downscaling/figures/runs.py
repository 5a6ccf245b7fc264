"""Runs as figures ask for them."""

from __future__ import annotations

from ..study.runs import END_TO_END, Run


def end_to_end(model: str, mode: str = "image") -> Run:
    """A model that answers from the image itself, or blind."""
    return Run(model, END_TO_END, mode)


def plain(perception: str, reasoning: str) -> Run:
    """A reasoning module that reads a perception module's descriptions, without thinking."""
    return Run(perception, reasoning, "plain")


def think(perception: str, reasoning: str) -> Run:
    """The same with thinking."""
    return Run(perception, reasoning, "think")
