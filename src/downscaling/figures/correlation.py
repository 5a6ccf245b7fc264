"""Spearman's rank correlation with an interval."""

from __future__ import annotations

import math

import numpy as np

from ..records.files import seed_of

RESAMPLES = 2000
LEAST = 4
"""Families below which no rank correlation is given."""


def rank_correlation(left: np.ndarray, right: np.ndarray) -> tuple[float, float, float]:
    """Spearman's rank correlation of two lists of equal length, with a 95 % percentile interval
    from a seeded bootstrap over their pairs. Not-a-number below `LEAST` pairs or without spread."""
    if len(left) < LEAST:
        return math.nan, math.nan, math.nan
    generator = np.random.default_rng(seed_of("rank correlation", len(left)))
    picks = generator.integers(0, len(left), size=(RESAMPLES, len(left)))
    value = _spearman(left[None], right[None])[0]
    draws = _spearman(left[picks], right[picks])
    draws = draws[np.isfinite(draws)]
    if not np.isfinite(value) or not len(draws):
        return math.nan, math.nan, math.nan
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(value), float(low), float(high)


def _spearman(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The correlation of the ranks along the last axis; not-a-number where a side is constant."""
    centred = [ranks - ranks.mean(-1, keepdims=True) for ranks in (_ranks(left), _ranks(right))]
    spread = np.sqrt((centred[0] ** 2).sum(-1) * (centred[1] ** 2).sum(-1))
    shared = (centred[0] * centred[1]).sum(-1)
    result = np.full(spread.shape, np.nan)
    np.divide(shared, spread, out=result, where=spread > 0)
    return result


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the last axis, ties at their mean."""
    below = (values[..., :, None] > values[..., None, :]).sum(-1)
    equal = (values[..., :, None] == values[..., None, :]).sum(-1)
    ranks: np.ndarray = below + equal / 2
    return ranks
