"""Whether percentages can be shares of question sets."""

from __future__ import annotations

from decimal import Decimal

import pytest

from downscaling.audit.granularity import check_cells, counts, sizes
from downscaling.audit.verdicts import Printed
from downscaling.catalogue.paper_numbers import question_sets


@pytest.mark.parametrize("n", [3, 50, 436, 495])
def test_every_share_is_found_from_its_percentage(n: int) -> None:
    """Catches a share at the edge of its rounding that is missed, or one beyond none or all."""
    for right in range(n + 1):
        percentage = Decimal(100 * right) / n
        assert right in counts(percentage.quantize(Decimal("0.1")), n)
    assert list(counts(Decimal("0.0"), n)) == [0]
    assert list(counts(Decimal("100.0"), n)) == [n]


def test_a_percentage_between_shares_is_no_share() -> None:
    """Catches a test that any percentage passes."""
    assert not counts(Decimal("33.4"), 3)
    assert not counts(Decimal("69.5"), 50)


def test_one_size_fits_each_column_and_no_size_of_another_set_does() -> None:
    """Catches question sets in the wrong order, counts of another split, and a mistyped cell: the
    columns of Table 2 are shares of dev and test together, which a wrong size would not be."""
    findings = {finding.id: finding for finding in check_cells()}
    for column in question_sets():
        finding = findings[f"column.{column.metric}"]
        assert finding.verdict == Printed.HOLDS
        both, test, dev = (int(text.split(" fits ")[1]) for text in finding.recomputed.split(", "))
        assert both == 15
        assert max(test, dev) < 15
        assert set(sizes(column).values()) == {"dev and test", "test", "dev"}


def test_a_cell_says_which_sizes_fit_and_which_do_not() -> None:
    """Catches sizes that are listed as fitting whether they do or not."""
    finding = next(f for f in check_cells() if f.id == "t2.llava_ov_05b.in.c1")
    assert finding.recomputed == "303 of 436"
    assert finding.note == "no share of 386 (test), 50 (dev)"
