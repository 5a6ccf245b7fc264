"""Numbers as figures print them."""

from __future__ import annotations

from downscaling.figures.text import hundreds, interval


def test_numbers_have_one_decimal_and_a_true_minus_sign() -> None:
    """Catches a hyphen, a negative nil, and an interval of other decimals than its number."""
    assert (hundreds(0.254), hundreds(-0.031), hundreds(-0.0004)) == (
        "25.4",
        "\N{MINUS SIGN}3.1",
        "0.0",
    )
    assert hundreds(0.033, digits=2) == "3.30"
    assert interval(-0.003, 0.3934) == "[\N{MINUS SIGN}0.3, 39.3]"
