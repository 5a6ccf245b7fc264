"""Estimates from score tables, and their arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from downscaling.audit.terms import PAIRED, SINGLE, UNPAIRED, AccuracyKey, NotMeasuredError, Term
from downscaling.results.estimate import Estimate
from downscaling.study.runs import Run

if TYPE_CHECKING:
    from conftest import Make


def term(value: float, low: float, high: float) -> Term:
    """An accuracy of ten answers."""
    return Term(Estimate(value, low, high, 10), SINGLE)


def test_what_is_made_of_two_says_how_its_interval_was_made() -> None:
    """Catches the interval of independent numbers that passes for that of one accuracy, and a
    printed number that makes an accuracy unsure."""
    two = Term.exact(Fraction(2))
    one, other = term(0.5, 0.4, 0.7), term(0.6, 0.5, 0.8)
    assert (one - other).interval == (one + other).interval == (one / other).interval == UNPAIRED
    assert (two * one).interval == (one / two).interval == (one - two).interval == SINGLE
    assert (two - two).interval == ""
    assert (two - two).is_exact
    assert not (two - one).is_exact


def test_what_may_be_nil_is_not_divided_by() -> None:
    """Catches an interval without end that passes for a number."""
    with pytest.raises(NotMeasuredError, match="nil"):
        term(0.5, 0.4, 0.6) / term(0.01, 0.0, 0.05)


def test_a_comparison_of_the_run_gives_the_paired_interval(make: Make) -> None:
    """Catches a paired interval that is not used, or used for another category, other runs or the
    other direction."""
    tables = make({("thinking 4B", "in-domain", "average"): (0.07, 0.02)})

    def accuracy(mode: str, category: str = "average", size: str = "4B") -> Term:
        run = Run("instruct-8B", size, mode)
        return tables.accuracy(AccuracyKey((run,), "in-domain", category, unit=100))

    found = accuracy("think") - accuracy("plain")
    numbers = found.estimate
    assert (numbers.value, numbers.low, numbers.high) == pytest.approx((7, 5, 9))
    assert found.interval == PAIRED
    for other in (
        accuracy("plain") - accuracy("think"),
        accuracy("think", "gqa") - accuracy("plain", "gqa"),
        accuracy("think", size="8B") - accuracy("plain", size="8B"),
        accuracy("think") - accuracy("plain", "gqa"),
    ):
        assert (other.estimate.value, other.interval) == (0, UNPAIRED)


def test_a_mean_over_runs_is_as_sure_as_one_of_them(make: Make) -> None:
    """Catches a mean over sizes that takes the same questions as new ones each time."""
    runs = tuple(Run("instruct-8B", size, "plain") for size in ("8B", "0.6B"))
    found = make(half=0.1).accuracy(AccuracyKey(runs, "in-domain", "average")).estimate
    assert (found.value, found.low, found.high, found.n) == pytest.approx((0.5, 0.4, 0.6, 100))


def test_an_estimate_names_the_rows_that_it_was_made_of(make: Make) -> None:
    """Catches a number that leads to the rows of another: a difference that the run compares has
    the row of that comparison, any other those of both sides, each once."""
    left = AccuracyKey((Run("instruct-8B", "4B", "think"),), "in-domain", "average")
    right = AccuracyKey((Run("instruct-8B", "4B", "plain"),), "in-domain", "average")
    rows = [("scores", *side.runs[0].listed(), "in-domain", "average") for side in (left, right)]
    tables = make({})
    a, b = tables.accuracy(left), tables.accuracy(right)
    assert (a - b).rows == (*rows,)
    assert ((a - b) / b * Term.exact(Fraction(100))).rows == (*rows,)
    compared = ("thinking 4B", "in-domain", "average")
    tables = make({compared: (0.25, 0.01)})
    difference = tables.accuracy(left) - tables.accuracy(right)
    assert difference.interval == PAIRED
    assert difference.rows == (("differences", *compared),)


def test_a_run_that_was_not_made_is_named(make: Make) -> None:
    """Catches a missing run that counts as one without difference."""
    with pytest.raises(NotMeasuredError, match="instruct-70B/8B/plain"):
        make().accuracy(AccuracyKey((Run("instruct-70B", "8B", "plain"),), "in-domain", "average"))
