"""The score tables, as the stages that read them name them."""

from __future__ import annotations

from pathlib import Path

from ..study.study import Study


def scores(study: Study) -> Path:
    """The scores."""
    return Path(study.paths.scores("scores.csv"))


def differences(study: Study) -> Path:
    """The differences."""
    return Path(study.paths.scores("differences.csv"))
