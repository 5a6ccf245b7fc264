"""Estimates from score tables, and their arithmetic."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from downscaling.audit.terms import PAIRED, SINGLE, UNPAIRED, NotMeasuredError, Source, Term
from downscaling.scoring.intervals import wilson
from downscaling.study.runs import Run

if TYPE_CHECKING:
    from conftest import Make


def proportion(right: int, n: int) -> Term:
    """An accuracy with Wilson's interval."""
    low, high = wilson(right / n, n)
    return Term(right / n, float(low), float(high), n, SINGLE)


def test_a_difference_of_proportions_has_newcombes_interval() -> None:
    """Catches bounds that are combined on the wrong side. The reference is the first example of
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10."""
    found = proportion(56, 70) - proportion(48, 80)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert (found.n, found.interval) == (70, UNPAIRED)


def test_the_interval_of_a_ratio_holds_the_truth_in_19_of_20_cases() -> None:
    """Catches a bound of the ratio that is too near, too far or swapped."""
    draw = random.Random(0)

    def measured(accuracy: float) -> Term:
        return proportion(sum(draw.random() < accuracy for _ in range(150)), 150)

    found = [measured(0.3) / measured(0.6) for _ in range(600)]
    assert 0.93 < sum(ratio.low <= 0.5 <= ratio.high for ratio in found) / 600 < 0.98


def test_a_bound_of_a_ratio_is_where_the_difference_has_a_bound_at_nought() -> None:
    """Catches a bound made from the wrong arm of an uneven interval: a / b has the bound r where
    a - r b may just be nought."""
    a, b = Term(0.3, 0.2, 0.35, 10, SINGLE), Term(0.6, 0.5, 0.9, 10, SINGLE)
    ratio = a / b
    least, most = (b * Term.exact(Fraction(bound)) for bound in (ratio.low, ratio.high))
    assert (a - least).low == pytest.approx(0)
    assert (a - most).high == pytest.approx(0)


def test_plain_numbers_scale_and_shift_without_doubt_of_their_own() -> None:
    """Catches bounds that a negative factor leaves swapped, and an interval that shrinks."""
    two, found = Term.exact(Fraction(2)), Term(0.5, 0.4, 0.7, 10, SINGLE)
    assert found * two == Term(1.0, 0.8, 1.4, 10, SINGLE)
    assert two * found == found * two
    assert found / two == Term(0.25, 0.2, 0.35, 10, SINGLE)
    turned = two - found
    assert (turned.value, turned.low, turned.high) == pytest.approx((1.5, 1.3, 1.6))


def test_what_may_be_nil_is_not_divided_by() -> None:
    """Catches an interval without end that passes for a number."""
    with pytest.raises(NotMeasuredError, match="nil"):
        proportion(50, 100) / proportion(1, 100)


def test_a_comparison_of_the_run_gives_the_paired_interval(make: Make) -> None:
    """Catches a paired interval that is not used, or used for another category, other runs or the
    other direction."""
    tables = make({("thinking 4B", "in-domain", "average"): (0.07, 0.02)})

    def accuracy(mode: str, category: str = "average", size: str = "4B") -> Term:
        run = Run("instruct-8B", size, mode)
        return tables.accuracy(Source((run,), "in-domain", category, unit=100))

    found = accuracy("think") - accuracy("plain")
    assert (found.value, found.low, found.high) == pytest.approx((7, 5, 9))
    assert found.interval == PAIRED
    for other in (
        accuracy("plain") - accuracy("think"),
        accuracy("think", "gqa") - accuracy("plain", "gqa"),
        accuracy("think", size="8B") - accuracy("plain", size="8B"),
        accuracy("think") - accuracy("plain", "gqa"),
    ):
        assert (other.value, other.interval) == (0, UNPAIRED)


def test_a_mean_over_runs_is_as_sure_as_one_of_them(make: Make) -> None:
    """Catches a mean over sizes that takes the same questions as new ones each time."""
    runs = tuple(Run("instruct-8B", size, "plain") for size in ("8B", "0.6B"))
    found = make(half=0.1).accuracy(Source(runs, "in-domain", "average"))
    assert (found.value, found.low, found.high, found.n) == pytest.approx((0.5, 0.4, 0.6, 100))


def test_an_estimate_names_the_rows_that_it_was_made_of(make: Make) -> None:
    """Catches a number that leads to the rows of another: a difference that the run compares has
    the row of that comparison, any other those of both sides, each once."""
    left = Source((Run("instruct-8B", "4B", "think"),), "in-domain", "average")
    right = Source((Run("instruct-8B", "4B", "plain"),), "in-domain", "average")
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
        make().accuracy(Source((Run("instruct-70B", "8B", "plain"),), "in-domain", "average"))
