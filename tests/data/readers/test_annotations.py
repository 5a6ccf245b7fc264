"""Conversation files: faults of a file stop with its name, faults of a row leave the row out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downscaling.data.images import ImageFolder
from downscaling.data.readers.annotations import conversations
from downscaling.data.readers.omissions import Omission
from downscaling.records.files import RecordError
from downscaling.records.rows import Turn

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def read(source: Source, *told: Any) -> tuple[list[Any], list[str]]:
    """What is read of these rows, and the reasons of what is left out."""
    folder = source("coin", "rows.json", list(told))
    omitted: list[Omission] = []
    images = ImageFolder(folder / "images", folder.parent.parent)
    made = [r for _, _, _, r in conversations(folder / "rows.json", images, omitted)]
    return made, [f"{omission.row}: {omission.reason}" for omission in omitted]


def test_several_images_keep_their_places(source: Source, row: Row) -> None:
    """Catches "Is <image> nearer to <image>?" read as "Is nearer to?", and the image of a later
    turn shown with the first."""
    first, images = "Is <image> nearer\n to <image>?", ["a.png", "b.png", "a.png"]
    (made,), omitted = read(source, row(images, f"{first} ", "a", "And <image> this? ", " ü\n"))
    a, b = "raw/coin/images/a.png", "raw/coin/images/b.png"
    assert made.images == (a, b, a)
    assert made.turns == (Turn(f"{first} ", "a", 2), Turn("<image>\nAnd  this?", " ü\n", 1))
    assert omitted == []


OFFICIAL = {
    "<image>\nWhich?": "<image>\nWhich?",
    "<image> Which?": "<image> Which?",
    "<image>Which?\n ": "<image>Which?\n ",
    "<image>\n\n Which? ": "<image>\n\n Which? ",
    "<image>": "<image>",
    " <image>": "<image>",
    "Which?\n<image>": "<image>\nWhich?",
    " Look: <image> which? ": "<image>\nLook:  which?",
    "<image><image>\nWhich? ": "<image><image>\nWhich? ",
    "<image> <image>\nWhich?": "<image> <image>\nWhich?",
    "<image>\n<image>\nWhich?": "<image>\n<image>\nWhich?",
    "<image>, or\n <image>?": "<image>, or\n <image>?",
    " Why?\n ": " Why?\n ",
}
"""A human turn, and what LLaVA-NeXT's preprocess_multimodal (train.py at df17966) makes of it."""


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(("published", "official"), OFFICIAL.items())
def test_a_turn_is_what_the_official_code_makes_of_it(
    source: Source, row: Row, published: str, official: str, is_first: bool
) -> None:
    """Catches a line break in the place of a blank behind an image, blanks that are cut off, and
    an image that moves where it should stay."""
    images = ["a.png"] * published.count("<image>")
    turns = [published, " a\n"] if is_first else ["Why?", "b", published, " a\n"]
    (made,), omitted = read(source, row(images, *turns))
    turn = made.turns[-1]
    front = len(images) - turn.placed
    assert (f"{'<image>' * front}\n" if front else "") + turn.prompt == official
    assert (turn.reply, omitted) == (" a\n", [])
    assert is_first or not front


def test_images_in_front_are_in_no_text(source: Source, row: Row) -> None:
    """Catches places left in a prompt whose images stand before it (they would be doubled), and
    words glued together where the only image of a turn goes to the front."""
    made, omitted = read(
        source,
        row(["a.png", "b.png"], "<image><image>\nWhich?", "a", "Why? ", "b"),
        row("a.png", "Look:<image> which? ", "a"),
    )
    assert [r.turns for r in made] == [
        (Turn("Which?", "a"), Turn("Why? ", "b")),
        (Turn("Look: which?", "a"),),
    ]
    assert omitted == []


def test_a_row_without_an_image_key_is_text_only(source: Source, row: Row) -> None:
    """Catches ScienceQA's text-only rows lost, or given an image place."""
    made, omitted = read(source, row(None, "Q", "A"), row("", "Q", "A"), row([], "Q", "A"))
    assert [r.images for r in made] == [(), (), ()]
    assert omitted == []


def test_rows_that_cannot_be_used_are_left_out_and_listed(source: Source, row: Row) -> None:
    """Catches a faulty row that stops half a million others, or vanishes without a word."""
    made, omitted = read(
        source,
        row("a.png", "<image>\n<image>\nQ", "A"),
        row("a.png", "Q", "A"),
        row(None, "<image>\nQ", "A"),
        row("gone.png", "<image>\nQ", "A"),
        row("a.png", "<image>\nQ", " "),
        row("a.png", "<image>\nQ"),
        row("a.png", "<image>\nQ", None),
        row("a.png", "<image>\nQ", "see <image>"),
        row({"path": "a.png"}, "<image>\nQ", "A"),
        row("a.png", "<image>\nQ", "", "More?", "A"),
        row(["a.png", "b.png"], "<image> or <image>?", "", "More?", "A"),
    )
    assert [r.turns for r in made] == [(Turn("More?", "A"),)]
    assert omitted == [
        "0: 2 image places for 1 images",
        "1: 0 image places for 1 images",
        "2: 1 image places for 0 images",
        "3: no image 'gone.png'",
        "4: no answer",
        "5: turns do not alternate between human and gpt",
        "6: a turn is no text",
        "7: an answer holds an image place",
        "8: its image is neither a path nor a list of paths",
        "9: turn 0: empty answer",
        "10: a turn with images has no answer",
    ]


def test_a_row_of_another_shape_is_an_error(source: Source) -> None:
    """Catches a file of another kind read as if every row were faulty."""
    with pytest.raises(RecordError, match=r"rows.json, row 0: no list of conversations"):
        read(source, {"question": "Q", "answer": "A"})


def test_text_that_no_file_can_hold_is_mended(source: Source, row: Row) -> None:
    """Catches a lone surrogate from JSON, on which writing the records would fail."""
    (made,), _ = read(source, row(None, "emoji \ud83d?", "日本語 \U0001f600"))
    assert made.turns == (Turn("emoji \ufffd?", "日本語 \U0001f600"),)
