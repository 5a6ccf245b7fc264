"""The arithmetic of estimates."""

from __future__ import annotations

import math
import random

import pytest

from downscaling.results.estimate import OF_ACCURACY, SEEDS, Bounds, Estimate, Training, mean
from downscaling.scoring.intervals import wilson


def proportion(right: int, n: int) -> Estimate:
    """An accuracy with Wilson's interval."""
    low, high = wilson(right / n, n)
    return Estimate(right / n, float(low), float(high), n)


def test_a_difference_of_proportions_has_newcombes_interval() -> None:
    """Catches bounds that are combined on the wrong side. The reference is the first example of
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10."""
    gap = proportion(56, 70) - proportion(48, 80)
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert gap.n == 70


def test_a_sum_is_as_unsure_as_a_difference() -> None:
    """Catches the bounds of a sum taken from the wrong arms, where the arms are uneven."""
    left, right = Estimate(0.5, 0.2, 0.6, 10), Estimate(0.3, 0.26, 0.7, 20)
    total = left + right
    assert total.value - total.low == pytest.approx((0.3**2 + 0.04**2) ** 0.5)
    assert total.high - total.value == pytest.approx((0.1**2 + 0.4**2) ** 0.5)
    assert total.n == 10


def test_the_interval_of_a_ratio_holds_the_truth_in_19_of_20_cases() -> None:
    """Catches a bound of the ratio that is too near, too far or swapped."""
    draw = random.Random(0)

    def measured(accuracy: float) -> Estimate:
        return proportion(sum(draw.random() < accuracy for _ in range(150)), 150)

    ratios = [measured(0.3) / measured(0.6) for _ in range(600)]
    assert 0.93 < sum(ratio.low <= 0.5 <= ratio.high for ratio in ratios) / 600 < 0.98


def test_a_bound_of_a_ratio_is_where_the_difference_has_a_bound_at_nought() -> None:
    """Catches a bound made from the wrong arm of an uneven interval: a / b has the bound r where
    a - r b may just be nought."""
    a, b = Estimate(0.3, 0.2, 0.35, 10), Estimate(0.6, 0.5, 0.9, 10)
    ratio = a / b
    least, most = (b * Estimate.exact(bound) for bound in (ratio.low, ratio.high))
    assert (a - least).low == pytest.approx(0)
    assert (a - most).high == pytest.approx(0)


def test_plain_numbers_scale_and_shift_without_doubt_of_their_own() -> None:
    """Catches bounds that a negative factor leaves swapped, and an interval that shrinks."""
    two, half = Estimate.exact(2), Estimate(0.5, 0.4, 0.7, 10)
    assert half * two == two * half == Estimate(1.0, 0.8, 1.4, 10)
    assert half / two == Estimate(0.25, 0.2, 0.35, 10)
    turned = two - half
    assert (turned.value, turned.low, turned.high) == pytest.approx((1.5, 1.3, 1.6))
    assert two - two == Estimate.exact(0)


def test_what_has_no_interval_is_refused() -> None:
    """Catches an interval without end, or one that was never derived, that passes for a number."""
    for divisor in (proportion(1, 100), Estimate(0.2, 0.1, 0.45, 10)):
        with pytest.raises(ZeroDivisionError, match="nil"):
            proportion(50, 100) / divisor
    with pytest.raises(ValueError, match="product"):
        proportion(50, 100) * proportion(1, 100)


def test_a_mean_needs_every_number() -> None:
    """Catches a mean over sizes that silently drops one."""
    one, two = Estimate(0.8, 0.7, 0.9, 60), Estimate(0.6, 0.4, 0.7, 60)
    middle = mean([one, two])
    assert middle
    assert (middle.value, middle.low, middle.high) == pytest.approx((0.7, 0.55, 0.8))
    assert mean([one, None]) is None
    assert mean([]) is None


def test_a_mean_is_the_same_on_every_python() -> None:
    """Catches the last bits of an audit and of figures that depend on Python: `sum` gives 0.6 from
    3.12 on, and 0.6000000000000001 before."""
    middle = mean([proportion(1, 10), proportion(2, 10), proportion(3, 10)])
    assert middle
    assert middle.value == (0.1 + 0.2 + 0.3) * (1 / 3)


def test_no_interval_reaches_beyond_what_its_number_can_be() -> None:
    """Catches an accuracy of up to 134 % in a figure, and one whose bound narrows what is computed
    from it: a few trainings that lie far apart reach far beyond."""
    apart = Training(SEEDS, 0.2, 2.0, 0.3)

    def difference(bounds: Bounds) -> Estimate:
        high, low = (Estimate.of(v, (0.02, 0.02), 60, apart, bounds) for v in (0.9, 0.1))
        assert (high.high > 1, low.low < 0) == (bounds != OF_ACCURACY, bounds != OF_ACCURACY)
        return high - low

    free, held = difference((-math.inf, math.inf)), difference(OF_ACCURACY)
    assert (held.low, held.high, held.arms) == (free.low, 1, free.arms)
    assert free.high > 1
    percent = mean([held, held * Estimate.exact(0.5)]) or held
    assert (percent * Estimate.exact(100)).high == 75
