"""Intervals: against scipy, and how often they hold the truth in simulated studies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from downscaling.scoring.intervals import effective_trials, paired_bootstrap, weighted_mean, wilson


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_wilson_equals_scipy(level):
    """Catches a slip in the closed formula, at the ends above all."""
    for n in (1, 7, 40, 436):
        successes = np.unique([0, 1, n // 3, n - 1, n])
        low, high = wilson(successes / n, np.full(len(successes), n), level)
        for k, one_low, one_high in zip(successes, low, high, strict=True):
            expected = binomtest(int(k), n).proportion_ci(level, method="wilson")
            assert one_low == pytest.approx(expected.low, abs=1e-12)
            assert one_high == pytest.approx(expected.high, abs=1e-12)
            assert one_low <= k / n <= one_high


def test_wilson_without_trials_knows_nothing():
    """Catches a division by zero."""
    low, high = wilson([0.0], [0])
    assert (low[0], high[0]) == (0, 1)


def test_wilson_coverage():
    """Catches limits that are too tight: averaged over proportions, 95 % must mean 95 %."""
    rng = np.random.default_rng(1)
    for n in (20, 100):
        truth = rng.uniform(0.05, 0.95, 20_000)
        low, high = wilson(rng.binomial(n, truth) / n, n)
        assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("least", [0.2, 0.85])
@pytest.mark.parametrize("sizes", [(25,) * 6, (9,) * 18, (10, 400, 40)])
def test_mean_over_categories_coverage(sizes, least):
    """Catches an interval of the average that pools questions, or trusts perfect categories."""
    rng = np.random.default_rng(2)
    weights = np.full(len(sizes), 1 / len(sizes))
    held = []
    for _ in range(2000):
        truth = rng.uniform(least, 1.0, len(sizes))
        observed = rng.binomial(sizes, truth) / sizes
        value, low, high = weighted_mean(observed, sizes, weights)
        assert 0 <= low <= value <= high <= 1
        held.append(low <= truth.mean() <= high)
    assert 0.94 <= np.mean(held) <= 0.98


def test_mean_of_one_category_is_wilson():
    """Catches a category whose row differs from the plain interval of its proportion."""
    expected = binomtest(31, 40).proportion_ci(method="wilson")
    _, low, high = weighted_mean([31 / 40], [40], [1.0])
    assert (low, high) == pytest.approx((expected.low, expected.high))


def test_mean_of_perfect_categories_is_not_certain():
    """Catches a zero-width interval where every answer is right."""
    _, low, high = weighted_mean([1.0, 1.0], [10, 10], [0.5, 0.5])
    assert low < 0.9
    assert high == 1


def test_one_trial_a_question_is_worth_itself():
    """Catches a single seed's interval that is not Wilson's at the number of questions."""
    assert effective_trials([1, 0, 1, 1], [1, 1, 1, 1]) == 4
    assert effective_trials([1, 1, 1], [1, 1, 1]) == 3
    assert effective_trials([], []) == 0


def test_seeds_that_repeat_each_other_add_nothing():
    """Catches an interval that shrinks when the same answers are counted three times."""
    right = np.array([3, 0, 3, 3, 0, 3])
    assert effective_trials(right, np.full(6, 3)) == pytest.approx(6)


def test_pooled_seeds_coverage():
    """Catches pooled seeds taken as independent: that interval would hold the truth too rarely."""
    rng = np.random.default_rng(3)
    held, naive = [], []
    for _ in range(1500):
        chance = rng.beta(0.8, 0.4, 60)  # questions differ; three seeds try each
        right = rng.binomial(3, chance)
        p, truth = right.sum() / 180, 0.8 / 1.2
        low, high = wilson(p, effective_trials(right, np.full(60, 3)))
        held.append(low <= truth <= high)
        low, high = wilson(p, 180)
        naive.append(low <= truth <= high)
    assert 0.93 <= np.mean(held) <= 0.975
    assert np.mean(naive) < 0.88


def simulated(rng, sizes, gap, seeds):
    """Two models' answers to one set of questions: harder questions are harder for both."""
    strata = np.repeat(np.arange(len(sizes)), sizes)
    ease = rng.normal(0, 1, len(strata))
    base = rng.uniform(-0.5, 1.0, len(sizes))[strata]

    def answers(shift):
        noise = rng.logistic(0, 1, (len(strata), seeds))
        return (base[:, None] + ease[:, None] + shift + noise > 0).astype(float)

    return answers(gap) - answers(0), strata, base


@pytest.mark.parametrize(("sizes", "seeds"), [((30,) * 4, 1), ((8,) * 12, 1), ((30,) * 4, 3)])
def test_paired_bootstrap_coverage(sizes, seeds):
    """Catches draws that break the pairs, mix the categories, or understate small ones."""
    rng = np.random.default_rng(4)
    weights = np.full(len(sizes), 1 / len(sizes))
    held = []
    many = np.sort(rng.normal(0, 1, 20_000) + rng.logistic(0, 1, 20_000))
    for trial in range(250):
        differences, strata, base = simulated(rng, sizes, 0.8, seeds)
        levels = base[np.unique(strata, return_index=True)[1]]
        truth = np.mean(many.searchsorted(-levels) - many.searchsorted(-levels - 0.8)) / len(many)
        drawn = paired_bootstrap(differences.mean(axis=1), strata, 300, trial)
        value, low, high = drawn.interval(weights)
        assert low <= value <= high
        held.append(low <= truth <= high)
    assert 0.92 <= np.mean(held) <= 0.98


def test_pairing_narrows_the_difference():
    """Catches resampling the two sides apart: nearly equal models differ by little, surely."""
    rng = np.random.default_rng(5)
    answers = rng.integers(0, 2, 200).astype(float)
    better = answers.copy()
    better[:10] = 1
    drawn = paired_bootstrap(better - answers, np.zeros(200, int), 1000, 0)
    value, low, high = drawn.interval([1.0])
    assert value == pytest.approx((better - answers).mean())
    assert high - low < 0.08  # 0.19 if the sides were drawn apart


def test_same_seed_same_interval():
    """Catches a draw that depends on anything but its seed."""
    gaps = np.random.default_rng(6).integers(-1, 2, 40).astype(float)
    strata = np.arange(40) % 4

    def interval(seed):
        return paired_bootstrap(gaps, strata, 300, seed).interval(np.full(4, 0.25))

    assert interval(1) == interval(1)
    assert interval(1) != interval(2)
