"""A number with its interval."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, fractions. `n` counts the answers behind it."""

    value: float
    low: float
    high: float
    n: int
