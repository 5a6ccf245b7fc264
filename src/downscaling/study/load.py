"""The study that a configuration describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config.configuration import parse
from ..config.errors import ConfigError
from .checks import problems
from .study import Study


def load(values: Mapping[str, Any], folder: Path) -> Study:
    """The study that a configuration describes.

    Args:
        values: what the configuration's files say, merged.
        folder: the Snakefile's, from which relative paths start.

    Raises:
        ConfigError: the first key that is wrong or asks for the impossible, in one line.
    """
    study = Study(parse(values), folder)
    for problem in problems(study):
        raise ConfigError(f"config: {problem}")
    return study
