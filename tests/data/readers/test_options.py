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
        "What?\nOptions: A: cat, B: dog, C: cow",
        "What?\nOptions: A: cat; B: dog; C: cow",
        "What?\nOptions: A. cat B. dog C. cow",
        "What?\nChoices:\n(A) cat\n(B) dog\n(C)cow",
        "What?\nA. cat B. dog C. cow\nReply with the letter.",
        "What? A. cat B. dog C. cow",
        "What? Options: (A) cat (B) dog (C) cow",
        "What?\na) cat\nb) dog\nc) cow",
        "What?\noptions: a: cat, b: dog, c: cow",
        "What?\nA) cat\n\nB) dog\n\nC) cow",
    ],
)
def test_letters_may_stand_in_many_ways(text: str) -> None:
    """Catches rows of MMStar that are left out for how their options are laid out, and an option
    lost for a blank, as "(D)8" in row 1199."""
    assert split(text) == ("What?", ("cat", "dog", "cow"))


def test_an_option_may_have_several_lines() -> None:
    """Catches options of code cut at their first line, which makes them alike, and a request
    behind them taken for a part of the last."""
    code = "What?\nOptions: A: n = 5\nprint(n), B: n = 5\nprint(n + 1)\nReply with the letter."
    assert split(code) == ("What?", ("n = 5\nprint(n)", "n = 5\nprint(n + 1)"))
    lines = "What?\nA. a cat\n   that sits\nB. a dog"
    assert split(lines)[1] == ("a cat\n   that sits", "a dog")


@pytest.mark.parametrize(
    "text", ["What?\nOptions: A: cat, B: , C: cow", "What?\nA. cat\nB.\nC. cow"]
)
def test_an_empty_option_is_told(text: str) -> None:
    """Catches the letters behind an empty option moved up by one."""
    assert split(text) == ("What?", ("cat", "", "cow"))


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
