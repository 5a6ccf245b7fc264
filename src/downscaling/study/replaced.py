"""Results that a run is about to replace."""

from __future__ import annotations

import json
from pathlib import Path

from ..config.configuration import Configuration
from ..config.difference import completed, differences, is_under
from .paths import Paths

HOW = ("threads", "jobs", "report_to", "sources")
"""Keys, with all under them, that say how a study is run, and not what it is."""
TOLD = 3
"""keys that the line names"""


def replaced(configuration: Configuration, paths: Paths) -> str:
    """One line where the folder of the preset, from where Snakemake runs, holds results of another
    configuration; "" where it does not, or what wrote them cannot be read."""
    written = Path(paths.workflow("configuration.json"))
    try:
        before = completed(json.loads(written.read_text("utf-8")))
        apart = differences(configuration.values(), before, lambda key: not is_under(key, *HOW))
        keys = [difference.key for difference in apart]
    except (OSError, ValueError, AttributeError):
        return ""
    if not keys:
        return ""
    named = ", ".join([*keys[:TOLD], *(["..."] if len(keys) > TOLD else [])])
    return (
        f"{paths.root}: holds results of another configuration ({named}), which this run replaces; "
        "to keep both, give this one a preset of its own"
    )
