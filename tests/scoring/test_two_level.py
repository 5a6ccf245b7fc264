"""Intervals that hold trainings and questions, on studies whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t

from downscaling.scoring.two_level import (
    Spread,
    combined_arm,
    p_value,
    question_arm,
    spread_over_seeds,
)

Z = norm.ppf(0.975)


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("training", [0.0, 0.02, 0.05, 0.15])
def test_coverage_with_known_variance_components(seeds: int, training: float) -> None:
    """Catches an interval that holds the truth too rarely with few seeds, where trainings or
    questions vary more, as one of the questions alone and Satterthwaite's do; and one that is
    wider than it must be with five."""
    rng = np.random.default_rng(seeds)
    questions, held, alone, widths = 60, [], [], []
    strata = np.repeat([0, 1], questions // 2)
    for _ in range(800):
        y = (
            rng.normal(0, 0.35, (questions, 1))
            + rng.normal(0, training, seeds)
            + rng.normal(0, 0.3, (questions, seeds))
        )
        value = y.mean()
        over_seeds = y.mean(axis=1)
        variance = sum(over_seeds[strata == s].var(ddof=1) / 120 for s in (0, 1))
        arm = Z * np.sqrt(variance)
        spread = spread_over_seeds(y, strata, [0.5, 0.5])
        both = combined_arm(question_arm(arm, spread, seeds), spread.sd / np.sqrt(seeds), spread.df)
        held.append(abs(value) <= both)
        alone.append(abs(value) <= arm)
        widths.append(both / arm)
    assert 0.93 <= np.mean(held) <= 0.995
    if training == 0.15:
        assert np.mean(alone) < 0.75
    if seeds == 5 and training == 0:
        assert np.median(widths) < 1.2


@pytest.mark.parametrize("df", [1, 2, 4])
def test_one_training_held_by_a_reference(df: int) -> None:
    """Catches the reference's standard deviation taken as if it were known without doubt."""
    rng = np.random.default_rng(df)
    trials, sd = 20_000, 0.05
    error = rng.normal(0, sd, trials) + rng.normal(0, 0.02, trials)
    estimated = sd * np.sqrt(rng.chisquare(df, trials) / df)
    known = [abs(e) <= combined_arm(Z * 0.02, s, df) for e, s in zip(error, estimated, strict=True)]
    assert 0.945 <= np.mean(known) <= 0.985


def test_where_one_part_varies_it_is_the_textbook_s_interval() -> None:
    """Catches a normal quantile in place of Student's, or the reverse."""
    assert combined_arm(0.0, 0.1, 4) == pytest.approx(0.1 * t.ppf(0.975, 4))
    assert combined_arm(0.07, 0.0, 0) == pytest.approx(0.07)
    assert p_value(0.3, 0.0, 0.1, 4) == pytest.approx(2 * t.sf(3, 4))
    assert p_value(-0.3, 0.1 * Z, 0.0, 0) == pytest.approx(2 * norm.sf(3))


def test_the_p_value_is_where_the_interval_ends() -> None:
    """Catches a test that decides otherwise than the interval beside it."""
    arm = combined_arm(0.05, 0.03, 2)
    assert p_value(arm, 0.05, 0.03, 2) == pytest.approx(0.05)
    assert p_value(1.01 * arm, 0.05, 0.03, 2) < 0.05
    assert p_value(0.0, 0.05, 0.03, 2) == p_value(0.1, 0.0, 0.0, 0) == 1


def test_the_spread_is_that_of_the_seed_means() -> None:
    """Catches a spread over all answers, weights that are ignored, and seeds that differ only by
    chance taken for trainings that differ: the reference is the two-way analysis of variance."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=(40, 3))
    spread = spread_over_seeds(y, np.zeros(40, int), [1.0])
    assert spread.sd == pytest.approx(y.mean(axis=0).std(ddof=1))
    rest = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0) + y.mean()
    assert spread.chance_sd == pytest.approx(np.sqrt((rest**2).sum() / (39 * 2) / 40))
    assert spread.df == 2
    shifted = spread_over_seeds(y + np.arange(3), np.zeros(40, int), [1.0])
    assert shifted.chance_sd == pytest.approx(spread.chance_sd)
    halves = np.repeat([0, 1], 20)
    weighted = spread_over_seeds(y, halves, [0.25, 0.75])
    means = 0.25 * y[:20].mean(axis=0) + 0.75 * y[20:].mean(axis=0)
    assert weighted.sd == pytest.approx(means.std(ddof=1))


def test_what_seeds_hold_is_not_counted_twice() -> None:
    """Catches questions on which each training errs by itself counted under both parts."""
    spread = Spread(0.05, 0.03, 1.0)
    assert question_arm(Z * 0.04, spread, 1) == pytest.approx(Z * np.sqrt(0.04**2 - 0.03**2))
    assert question_arm(Z * 0.01, spread, 1) == 0
