"""Paths of a user that Snakemake would not take as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..config.errors import key_of
from .study import Study

NAMED = ("folder", "lock", "model", "source", "spread")
"""Keys whose value is a path, or the name of something, which holds no such characters."""
ABOVE = ("descriptions", "files", "mirrors")
"""Keys under which every value is a path."""


def path_problems(study: Study) -> Iterator[str]:
    """Paths with braces, which Snakemake takes for wildcards wherever a path stands."""
    given = [
        (key_of(place), text)
        for place, text in _texts(study.configuration.values())
        if {*ABOVE} & {*place} or place[-1] in NAMED
    ]
    given += [(f"path of {name}.toml", str(path)) for name, path in study.data.own_files().items()]
    for key, text in given:
        if set("{}") & set(text):
            yield f"{key}: given {text!r}; allowed: a path without braces"


def _texts(value: Any, *place: str | int) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a configuration with its place: keys, and numbers of entries."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, *place, part)
