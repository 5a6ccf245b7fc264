"""Words that refusals share."""

from __future__ import annotations

from collections.abc import Iterable


def listed(values: Iterable[object]) -> str:
    """Values as a sentence names them."""
    return ", ".join(str(value) for value in values)


def parameters(size: str) -> float:
    return float(size[:-1]) * {"M": 1e6, "B": 1e9}[size[-1]]
