"""The rules of the verdicts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from downscaling.audit.statements import Number, Relation
from downscaling.audit.verdicts import PRINTED, Printed, judge_printed

HOME = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("left", "relation", "right", "verdict"),
    [
        ("12.94", "=", "12.9", Printed.HOLDS),
        ("12.95", "=", "12.9", Printed.HOLDS),
        ("12.85", "=", "12.9", Printed.HOLDS),
        ("13.0", "=", "12.9", Printed.FAILS),
        ("12.96", "=", "12.9", Printed.FAILS),
        ("13", "=", "12.9", Printed.ROUNDING),
        ("2.1", ">", "2.0", Printed.HOLDS),
        ("2.0", ">", "2.0", Printed.ROUNDING),
        ("2.0", ">=", "2.0", Printed.HOLDS),
        ("1.9", ">", "2.0", Printed.FAILS),
        ("1.9", ">=", "2.0", Printed.FAILS),
        ("2", ">", "2.1", Printed.ROUNDING),
    ],
)
def test_a_verdict_follows_from_the_ranges(
    left: str, relation: Relation, right: str, verdict: Printed
) -> None:
    """Catches a tie that is failed, ranges that only touch and are let pass, and a claim that is
    false as printed but possible and counts as refuted."""
    numbers = [Number.printed(Decimal(text)) for text in (left, right)]
    assert judge_printed(numbers[0], relation, numbers[1]) == verdict


def test_the_documentation_gives_the_rules_as_the_code_does() -> None:
    """Catches a verdict that is missing from the page, and a rule that was changed on one side."""
    page = (HOME / "docs" / "audit.md").read_text(encoding="utf-8")
    assert set(PRINTED) == set(Printed)
    for verdict, rule in PRINTED.items():
        assert f"| {verdict} | {rule} |" in page
