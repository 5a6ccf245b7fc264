"""The rules of the verdicts."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from downscaling.audit.hypothesis import ALPHA, Hypothesis, holm
from downscaling.audit.statements import Number, Relation
from downscaling.audit.verdicts import (
    CLAIMS,
    COUNT_TOLERANCE,
    MEASURED,
    PRINTED,
    TOLERANCES,
    Measured,
    Printed,
    judge_claim,
    judge_count,
    judge_measured,
    judge_printed,
)
from downscaling.results.estimate import Estimate

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


def difference(value: float, half: float = 1.0, n: int = 100) -> Estimate:
    """A measured difference with a 95 % interval that reaches `half` to either side."""
    return Estimate(value, value - half, value + half, n)


@pytest.mark.parametrize(
    ("hypothesis", "verdict"),
    [
        (Hypothesis(difference(1.5)), Measured.REPRODUCED),
        (Hypothesis(difference(-1.5)), Measured.CONTRADICTED),
        (Hypothesis(difference(0.5)), Measured.INCONCLUSIVE),
        (Hypothesis(difference(0.0)), Measured.INCONCLUSIVE),
        (Hypothesis(difference(0.0, half=0.0)), Measured.INCONCLUSIVE),
        (Hypothesis(difference(0.1, half=0.0)), Measured.INCONCLUSIVE),
        (Hypothesis(difference(0.1), within=2.0), Measured.REPRODUCED),
        (Hypothesis(difference(-0.1), within=2.0), Measured.REPRODUCED),
        (Hypothesis(difference(1.5), within=2.0), Measured.INCONCLUSIVE),
        (Hypothesis(difference(-2.5), within=2.0), Measured.INCONCLUSIVE),
        (Hypothesis(difference(3.5), within=2.0), Measured.CONTRADICTED),
        (Hypothesis(difference(-3.5), within=2.0), Measured.CONTRADICTED),
        (Hypothesis(difference(0.0, half=5.0), within=2.0), Measured.INCONCLUSIVE),
    ],
)
def test_true_and_false_claims_and_those_too_small_to_see(
    hypothesis: Hypothesis, verdict: Measured
) -> None:
    """Catches a claim that is reproduced by its sign alone, or by two questions that were answered
    alike; a false one that is only inconclusive; and a number that counts as reproduced because
    nothing is known of it."""
    assert judge_measured(hypothesis, hypothesis.p) == verdict


def test_the_test_decides_as_the_interval_does() -> None:
    """Catches p-values that disagree with the intervals beside them."""
    assert Hypothesis(difference(1.0)).p == pytest.approx(0.05)
    assert Hypothesis(Estimate(1.0, 0.1, 9.0, 10)).p < 0.05
    assert Hypothesis(Estimate(1.0, -0.1, 1.1, 10)).p > 0.05
    assert Hypothesis(Estimate(-1.0, -9.0, -0.1, 10)).p < 0.05


def test_holm_s_correction() -> None:
    """Catches Bonferroni's factor for all, and corrected values that fall as p rises. The reference
    is R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([]) == []


def test_among_many_claims_without_effect_hardly_one_is_judged() -> None:
    """Catches tests that are not corrected: of 40, two would be judged by chance in each audit."""
    draw = random.Random(1)
    audits = [
        [Hypothesis(difference(draw.gauss(0, 1), half=1.96)) for _ in range(40)] for _ in range(500)
    ]
    wrong = [min(holm([hypothesis.p for hypothesis in audit])) < 0.05 for audit in audits]
    assert 0.02 < sum(wrong) / len(wrong) < 0.08


@pytest.mark.parametrize("within", [None, 2.0])
def test_as_many_answers_as_are_said_to_settle_it_do_in_four_cases_of_five(
    within: float | None,
) -> None:
    """Catches a number of answers that promises too much or asks for too many."""
    tests, true, half = 10, 0.8, 1.5
    needed = Hypothesis(difference(true, half), within).answers_needed(tests)
    assert needed is not None
    width = half * (100 / needed) ** 0.5
    draw = random.Random(2)
    found = [difference(draw.gauss(true, width / 1.96), width) for _ in range(2000)]
    settled = [Hypothesis(one, within).p * tests < 0.05 for one in found]
    assert 0.77 < sum(settled) / len(settled) < 0.83


def test_no_number_of_answers_settles_what_is_no_difference() -> None:
    """Catches a division by nought."""
    assert Hypothesis(difference(0.0)).answers_needed(10) is None
    assert Hypothesis(difference(2.0), within=2.0).answers_needed(10) is None


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ("reproduced reproduced", "reproduced"),
        ("reproduced contradicted inconclusive", "contradicted"),
        ("reproduced inconclusive", "inconclusive"),
        ("reproduced not-run", "inconclusive"),
        ("contradicted not-run", "contradicted"),
        ("not-run not-run", "not run"),
        ("not-judged not-judged", "not judged"),
        ("not-judged not-run", "not judged"),
        ("not-judged reproduced", "inconclusive"),
    ],
)
def test_the_verdict_on_a_claim_follows_from_its_parts(parts: str, verdict: str) -> None:
    """Catches a claim of which a part was never run and that counts as reproduced."""
    assert judge_claim(Measured(part.replace("-", " ")) for part in parts.split()) == verdict


@pytest.mark.parametrize(
    ("difference", "published", "unit", "verdict"),
    [
        (19, 382, "thousand", Measured.REPRODUCED),
        (-20, 382, "thousand", Measured.CONTRADICTED),
        (0.03, 1.0, "million", Measured.REPRODUCED),
        (2.9, 73, "%", Measured.REPRODUCED),
        (3.1, 73, "%", Measured.CONTRADICTED),
    ],
)
def test_a_count_is_judged_by_its_tolerance(
    difference: float, published: float, unit: str, verdict: Measured
) -> None:
    """Catches a share judged as if it were a number of samples, and the other way round."""
    assert judge_count(difference, published, unit) == verdict


def test_the_documentation_gives_the_rules_as_the_code_does() -> None:
    """Catches a verdict that is missing from the page, and a rule that was changed on one side."""
    page = (HOME / "docs" / "audit.md").read_text(encoding="utf-8")
    assert set(PRINTED) == set(Printed)
    assert set(MEASURED) == set(Measured)
    rows = {**PRINTED, **MEASURED}.items()
    tables = [*rows, *CLAIMS.items(), *TOLERANCES.items()]
    for left, right in tables:
        assert f"| {left} | {right} |" in page
    assert f"within {COUNT_TOLERANCE:.0%} of the published one".replace("%", " %") in page
    assert f"Holm's method at {ALPHA}" in page
