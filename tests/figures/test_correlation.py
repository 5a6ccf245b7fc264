"""The rank correlation between downscaling and visual reliance."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from downscaling.figures.correlation import rank_correlation


def test_agrees_with_pandas_where_values_are_tied() -> None:
    """Catches ties ranked by order of appearance."""
    generator = np.random.default_rng(1)
    left = generator.integers(0, 6, 15) / 10
    right = left + generator.normal(0, 0.3, 15).round(1)
    value, low, high = rank_correlation(left, right)
    assert value == pytest.approx(pd.Series(left).corr(pd.Series(right), method="spearman"))
    assert -1 <= low < value < high <= 1


def test_a_perfect_order_is_one_and_its_reverse_minus_one() -> None:
    """Catches a correlation of values instead of ranks, and a lost sign."""
    steps = np.arange(8.0)
    assert rank_correlation(steps, steps**5)[0] == pytest.approx(1)
    assert rank_correlation(steps, -(steps**5))[0] == pytest.approx(-1)


@pytest.mark.parametrize("left", [np.arange(3.0), np.ones(10)])
def test_none_from_too_few_families_or_no_spread(left: np.ndarray) -> None:
    """Catches a correlation reported where there is none."""
    assert all(math.isnan(part) for part in rank_correlation(left, np.arange(float(len(left)))))
