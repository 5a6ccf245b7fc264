"""The study that a configuration describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

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


def read(configuration: Path, overlays: Sequence[Path] = ()) -> Study:
    """The study of a configuration file with overlays, without Snakemake.

    Raises:
        ConfigError: a file is missing or no YAML, and as `load`.
    """
    values: Mapping[str, Any] = {}
    for path in (configuration, *overlays):
        try:
            values = merged(values, yaml.safe_load(path.read_text("utf-8")) or {})
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigError(f"{path}: not a readable YAML file ({error})") from None
    return load(values, configuration.resolve().parent)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """An overlay over a configuration, as Snakemake lays it: groups of keys are merged, everything
    else is replaced."""
    values = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(values.get(key), Mapping)
        values[key] = merged(values[key], value) if both else value
    return values
