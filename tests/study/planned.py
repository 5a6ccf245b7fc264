"""Studies for tests: the default and the published one, with some groups of keys changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from downscaling.study.load import load, merged
from downscaling.study.study import Study

HOME = Path(__file__).parents[2]


def default_values() -> dict[str, Any]:
    """What config.yaml says."""
    values: dict[str, Any] = yaml.safe_load((HOME / "config.yaml").read_text())
    return values


def planned(**changes: Any) -> Study:
    """The default study; its backbones are not looked at."""
    values = default_values()
    values["backbones"]["source"] = "retrained"
    return load(_changed(values, changes), HOME)


def published(**changes: Any) -> Study:
    """The published study."""
    preset = yaml.safe_load((HOME / "presets/paper.yaml").read_text())
    return load(_changed(merged(default_values(), preset), changes), HOME)


def _changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for key, change in changes.items():
        values[key] = values[key] | change if isinstance(change, dict) else change
    return values
