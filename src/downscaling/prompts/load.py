"""A set of templates by its name."""

from __future__ import annotations

import importlib
from pathlib import Path

from .templates import Prompts


def module(name: str) -> str:
    """The module that holds a set: miniature, own or official."""
    return f"{__package__}.{name}"


def load(name: str, repository: Path | None = None) -> Prompts:
    """The templates of a name. `repository` is the paper's, which `official` reads."""
    prompts: Prompts = importlib.import_module(module(name)).prompts(repository)
    return prompts
