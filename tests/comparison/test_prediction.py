"""Intervals of a new training, and the rule for many of them: held against simulated studies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from downscaling.comparison.prediction import allowed_outside, far_level, half_width

MODELS = [f"{tuning}-{size}" for tuning in ("instruct", "caption") for size in "abcd"]
AVERAGES = [model for model in MODELS for _ in range(14 if "instruct" in model else 4)]
"""Whose each of 72 averages is."""


def test_a_new_training_lies_inside_as_often_as_is_said() -> None:
    """Catches the interval of a mean in the place of that of a new training, and Student's
    quantile at the wrong degrees of freedom."""
    draw = np.random.default_rng(0)
    for seeds in (2, 3, 5):
        known = draw.normal(0.5, 0.05, (20_000, seeds))
        new = draw.normal(0.5, 0.05, 20_000)
        widths = [half_width(sd, seeds, 1, seeds, 10**6) for sd in known.std(axis=1, ddof=1)]
        inside = np.abs(new - known.mean(axis=1)) <= widths
        assert inside.mean() == pytest.approx(0.95, abs=0.006)


def test_the_formula() -> None:
    """Catches a factor that simulation is too coarse to see."""
    assert half_width(0.04, 5, 1, 5, 10**6) == pytest.approx(
        t.ppf(0.975, 4) * 0.04 * np.sqrt(1 + 1 / 5)
    )


def test_what_never_changed_may_still_change_a_little() -> None:
    """Catches an interval without width, which one token on another processor leaves."""
    assert half_width(0.0, 5, 1, 5, 600) == pytest.approx(3 / 600)
    assert half_width(0.03, 1, 1, 1, 600) == pytest.approx(3 / 600)


@pytest.mark.parametrize(("shared", "most"), [(0.0, 0.05), (0.6, 0.05), (0.8, 0.06), (1.0, 0.15)])
def test_chance_alone_is_seldom_called_a_failure(shared: float, most: float) -> None:
    """Catches a rule that counts averages of one model as if they were independent."""
    assert outcomes(shared, fall=0.0).mean() <= most


@pytest.mark.parametrize(("fall", "least"), [(3.0, 0.9), (6.0, 1.0)])
def test_a_fall_of_everything_is_found(fall: float, least: float) -> None:
    """Catches a rule that forgives all."""
    assert outcomes(0.6, fall).mean() >= least


def outcomes(shared: float, fall: float, studies: int = 2000, seeds: int = 5) -> np.ndarray:
    """Which of many simulated studies are called not reproduced. `shared` is the share of the
    variance that the averages of one model have in common, `fall` is in standard deviations."""
    draw = np.random.default_rng(1)
    whose = [MODELS.index(model) for model in AVERAGES]
    common = draw.standard_normal((studies, seeds + 1, len(MODELS)))[:, :, whose]
    own = draw.standard_normal((studies, seeds + 1, len(whose)))
    values = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    known, new = values[:, :seeds], values[:, seeds] - fall
    apart = np.abs(new - known.mean(axis=1)) / known.std(axis=1, ddof=1)
    near = half_width(1.0, seeds, 1, seeds, 10**6)
    wide = half_width(1.0, seeds, 1, seeds, 10**6, far_level(len(whose)))
    outside: np.ndarray = (apart > near).sum(axis=1)
    return (outside > allowed_outside(AVERAGES)) | (apart > wide).any(axis=1)
