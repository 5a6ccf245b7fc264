"""Formulas over printed numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from downscaling.audit.statements import Number, Statement, evaluate, parse

KNOWN = {"a.x": "2.0", "a.y-z": "-3", "b.c1": "1.5", "b.c2": "2.5", "b.in.avg": "2.00"}


def numbers(name: str) -> list[Number]:
    """The numbers above; `b.c*` stands for two."""
    names = ["b.c1", "b.c2"] if name == "b.c*" else [name]
    return [Number.printed(Decimal(KNOWN[name])) for name in names]


def test_a_printed_number_stands_for_what_rounds_to_it() -> None:
    """Catches trailing zeros that are lost, and half a unit taken for a whole one."""
    assert Number.printed(Decimal("9.80")).low == Fraction("9.795")
    assert Number.printed(Decimal("-48")).high == Fraction("-47.5")


@pytest.mark.parametrize(
    ("expression", "value", "low", "high"),
    [
        ("a.x + b.c1", "3.5", "3.4", "3.6"),
        ("a.x - b.c1", "0.5", "0.4", "0.6"),
        ("a.x * a.y-z", "-6", "-7.175", "-4.875"),
        ("100 * (b.in.avg / 2 - 1)", "0", "-0.25", "0.25"),
        ("1.5 / a.x", "0.75", "30/41", "10/13"),
        ("sum(b.c*)", "4", "3.9", "4.1"),
        ("mean(b.c*)", "2", "1.95", "2.05"),
    ],
)
def test_bounds_go_through_arithmetic(expression: str, value: str, low: str, high: str) -> None:
    """Catches bounds that are swapped by a sign, a mean of the wrong count, a plain number that
    is taken as rounded, and the keyword `in` of the ids."""
    found = evaluate(expression, numbers, Number.exact)
    assert (found.value, found.low, found.high) == tuple(map(Fraction, (value, low, high)))


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "open(a.x)",
        "a.x ** 9",
        "[a.x for _ in a.x]",
        "sum(a.x, a.x)",
        "sum(a.x, start=a.x)",
        "x",
        "_0",
        "a.x +",
        "'text'",
        "b.c*",
        "a.x / 0",
    ],
)
def test_anything_but_arithmetic_is_refused(expression: str) -> None:
    """Catches a formula that runs code, and one that is read as something else than it says."""
    with pytest.raises(ValueError, match=r"expression|stands for|zero"):
        evaluate(expression, numbers, Number.exact)


def test_statements_are_split_at_their_relations() -> None:
    """Catches `>=` read as `>`, and a second statement that is dropped."""
    assert parse("a.x >= 1; b.c1 + 1 = b.c2;") == [
        Statement("a.x", ">=", "1"),
        Statement("b.c1 + 1", "=", "b.c2"),
    ]
    for text in ("a.x", "a.x = b.c1 = b.c2"):
        with pytest.raises(ValueError, match="not a statement"):
            parse(text)
