"""The reference whose spread between trainings a study of one seed borrows."""

from __future__ import annotations

import json
from pathlib import Path

from ..config.configuration import Configuration
from ..config.difference import completed, first_difference, is_under

TOLD = "reference.json"
"""What a reference says of itself, its configuration too; beside its `spread.csv`."""

RECIPE = (
    *("prompts", "answer_form", "precision", "data", "backbones", "tuning", "tunings", "teacher"),
    *("focus", "perception", "reasoning", "end_to_end"),
)
"""Keys, with all under them, that decide what a training gives. A benchmark does too, where both
studies have one of its name."""


def spread_file(configuration: Configuration, folder: Path) -> Path | None:
    """The `spread.csv` that holds for a study; None where none is named, or where it is of another
    recipe."""
    named = configuration.scores.spread
    return folder / named if named and not obstacle(configuration, folder) else None


def obstacle(configuration: Configuration, folder: Path) -> str:
    """One line that says why the spread that is named is not of a study's recipe; "" where it is,
    and where none is named. A file without a `reference.json` beside it is taken as it is."""
    named = configuration.scores.spread
    told = (folder / named).with_name(TOLD) if named else None
    if told is None or not told.is_file():
        return ""
    ours = configuration.values()
    theirs = completed(json.loads(told.read_text("utf-8"))["configuration"])
    shared = [f"benchmarks.{name}" for name in theirs["benchmarks"] if name in ours["benchmarks"]]
    apart = first_difference(ours, theirs, lambda key: is_under(key, *RECIPE, *shared))
    if apart is None:
        return ""
    return (
        f"scores.spread: left out, {named} is of another recipe: {apart.key} is {apart.ours!r} "
        f"here and {apart.theirs!r} there"
    )
