"""Boxes as text."""

from __future__ import annotations

import pytest

from downscaling.records.boxes import Box, read_box


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("[0.1, 0.2, 0.5, 0.9]", (0.1, 0.2, 0.5, 0.9)),
        ("Answer: 1 2 11 12", (1, 2, 11, 12)),
        ("First [0, 0, 1, 1], better (2, 2, 4, 4).", (2, 2, 4, 4)),
        ("**[8, 8, 24, 24]**\n\n", (8, 8, 24, 24)),
        ("<box>(1,2),(3,4)</box>", (1, 2, 3, 4)),
        ("3 objects at [1, 2, 3]", None),
        ("about 1 2 3 4 5", None),
        ("[1, 2, 3, 1e999]", None),
        ("no box", None),
        ("", None),
    ],
)
def test_a_text_names_a_box_or_none(text: str, box: Box | None) -> None:
    """Catches a box made of whatever numbers the reply holds."""
    assert read_box(text) == box
