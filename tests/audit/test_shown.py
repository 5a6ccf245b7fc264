"""Numbers of the audit as readers see them."""

from __future__ import annotations

import pytest

from downscaling.audit import document
from downscaling.audit.shown import shown


@pytest.mark.parametrize(
    ("unit", "published", "measured", "told"),
    [
        ("fraction accuracy", "0.15", 0.177, ("15", "17.7", "[0.0, 35.4]", "points")),
        (
            "fraction accuracy",
            ">= 0",
            -0.0004,
            ("≥ 0", "0.0", "[\N{MINUS SIGN}17.7, 17.7]", "points"),
        ),
        ("points", "5.2", 13.1667, ("5.2", "13.2", "[\N{MINUS SIGN}4.5, 30.9]", "points")),
        ("% accuracy", "65.9", 53.21, ("65.9", "53.2", "[35.5, 70.9]", "%")),
        ("thousand", "574", 4.6, ("574\u202f000", "4\u202f600", "", "")),
        ("million", "1.0", 0.007328, ("1\u202f000\u202f000", "7\u202f328", "", "")),
        ("% relative", "-48", 12.0, ("\u221248", "12.0", "[\u22125.7, 29.7]", "% relative")),
    ],
)
def test_one_unit_and_one_rounding(
    unit: str, published: str, measured: float, told: tuple[str, ...]
) -> None:
    """Catches fractions beside per cent, a nil with a sign, and a count in points."""
    arm = 0.177 if unit == "fraction accuracy" else 17.7
    entry = document.Entry(
        id="a", unit=unit, published=published, measured=measured, low=measured - arm,
        high=measured + arm,
    )  # fmt: skip
    found = shown(entry)
    assert (found.published, found.value, found.ends, found.unit) == told
