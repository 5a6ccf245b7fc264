"""Paths of a user that Snakemake would not take as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .study import Study

NAMED = ("folder", "lock", "model", "source", "spread")
"""Keys whose value is a path, or the name of something, which holds no such characters."""
ABOVE = ("descriptions", "files", "mirrors")
"""Keys under which every value is a path."""


def path_problems(study: Study) -> Iterator[str]:
    """Paths with braces, which Snakemake takes for wildcards wherever a path stands."""
    given = [
        (key, text)
        for key, text in _texts(study.configuration.values())
        if {*ABOVE} & {*key.split(".")} or key.rpartition(".")[2] in NAMED
    ]
    given += [(f"path of {name}.toml", str(path)) for name, path in study.data.own_files().items()]
    for key, text in given:
        if set("{}") & set(text):
            yield f"{key}: given {text!r}; allowed: a path without braces"


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a configuration with its dotted key; entries of lists by their numbers."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for part, inner in entries:
            yield from _texts(inner, f"{key}.{part}".lstrip("."))
