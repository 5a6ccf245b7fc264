"""The arithmetic of estimates."""

from __future__ import annotations

import pytest

from downscaling.results.estimate import Estimate, mean


def test_unpaired_difference_against_the_published_example() -> None:
    """Catches the bounds of the two sides swapped: Newcombe (1998), 56/70 against 48/80, gives
    0.0524 to 0.3339 from Wilson's intervals of the two."""
    gap = Estimate(0.8, 0.6917, 0.8769, 70) - Estimate(0.6, 0.4905, 0.7003, 80)
    assert gap.value == pytest.approx(0.2)
    assert (gap.low, gap.high) == pytest.approx((0.0524, 0.3339), abs=2e-4)
    assert gap.n == 70


def test_a_mean_needs_every_number() -> None:
    """Catches a mean over sizes that silently drops one."""
    one, two = Estimate(0.8, 0.7, 0.9, 60), Estimate(0.6, 0.4, 0.7, 60)
    middle = mean([one, two])
    assert middle
    assert (middle.value, middle.low, middle.high) == pytest.approx((0.7, 0.55, 0.8))
    assert mean([one, None]) is None
    assert mean([]) is None
