"""Options inside a question's text."""

from __future__ import annotations

import pytest

from downscaling.data.readers.options import split


@pytest.mark.parametrize(
    ("text", "question", "options"),
    [
        ("what is it?\noptions: cup, tin can", "what is it?", ("cup", "tin can")),
        ("What is it?\nA. cup\nB. tin can", "What is it?", ("cup", "tin can")),
        ("What?\n(A) cup\n(B) can\nReply with a letter.", "What?", ("cup", "can")),
        ("What?\nOptions: A: cup, B: can, C: jar", "What?", ("cup", "can", "jar")),
        ("What?\nOptions: A: red, or so, B: Mr. A. Bee", "What?", ("red, or so", "Mr. A. Bee")),
        ("What?\nOptions:\nA. cup\nB. can", "What?", ("cup", "can")),
        ("What?Choice List:['cup', 'can'] Your answer is:", "What?", ("cup", "can")),
        ("Context: a.\nWhat?\nA. 東京\nB. École", "Context: a.\nWhat?", ("東京", "École")),
    ],
)
def test_the_published_forms_are_read(text: str, question: str, options: tuple[str, ...]) -> None:
    """Catches options left in the question, or cut at a comma or at a name's full stop."""
    assert split(text) == (question, options)


@pytest.mark.parametrize(
    "text",
    [
        "What is it?",
        "Who is A. Bee?",
        "Reply in one word.\nB. is not first",
        "options: one",
        "",
        "Choice List: [1, 2]",
    ],
)
def test_a_text_without_options_stays_whole(text: str) -> None:
    """Catches an open question that loses a part of its text as supposed options."""
    assert split(text) == (text, ())
