"""The study that a configuration file and its overlays describe, read without Snakemake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from ..config.errors import ConfigError
from ..study.plan import Study, load


def read(configuration: Path, overlays: Sequence[Path]) -> Study:
    """The study of a configuration file with overlays, laid over it as Snakemake does: groups of
    keys are merged, everything else is replaced.

    Raises ConfigError for a file that is missing or no YAML, and as `study.load`.
    """
    values: dict[str, Any] = {}
    for path in (configuration, *overlays):
        try:
            held = yaml.safe_load(path.read_text())
        except (OSError, yaml.YAMLError) as error:
            raise ConfigError(f"{path}: not a readable YAML file ({error})") from None
        values = _merged(values, held or {})
    return load(values, configuration.resolve().parent)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged
