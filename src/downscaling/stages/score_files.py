"""The score tables, and the reference's spread, as the stages that read them name them."""

from __future__ import annotations

import os
from pathlib import Path

from ..study.study import Study


def scores(study: Study) -> Path:
    """The scores."""
    return Path(study.paths.scores("scores.csv"))


def differences(study: Study) -> Path:
    """The differences."""
    return Path(study.paths.scores("differences.csv"))


def spread(study: Study) -> Path | None:
    """How far trainings lie apart in a reference, if one is named."""
    file = study.spread_file()
    return Path(os.path.relpath(file)) if file else None
