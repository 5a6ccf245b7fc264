"""What the cells of a row hold."""

from __future__ import annotations

import pytest

from downscaling.data.readers.cells import choice
from downscaling.data.readers.omissions import RowError


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("Can", "B"), ("can.", "B"), ("B", "B"), ("(b)", "B"), ("B.", "B")],
)
def test_an_answer_is_a_text_or_a_letter(answer: str, expected: str) -> None:
    """Catches a gold answer that is mapped to a wrong option."""
    assert choice(answer, ("cup", "can", "jar")) == expected


@pytest.mark.parametrize("answer", ["D", "tin"])
def test_an_answer_that_names_no_option_is_refused(answer: str) -> None:
    """Catches a gold answer that is guessed."""
    with pytest.raises(RowError, match=f"its answer '{answer}' is none of its options"):
        choice(answer, ("cup", "can", "jar"))
    with pytest.raises(RowError, match="lists no options"):
        choice(answer, ())
    with pytest.raises(RowError, match="has 27 options; allowed: at most 26"):
        choice("7", [str(number) for number in range(27)])
    with pytest.raises(RowError, match="one of its options is empty"):
        choice("A", ("cup", "", "jar"))


@pytest.mark.parametrize(
    ("answer", "options", "named"),
    [
        ("B", ("B", "C", "A", "D"), "A and B"),
        ("b", ("a", "c", "b"), "B and C"),
        ("18", ("9", "18", "18."), "B and C"),
        ("B", ("9", "18", "18"), "B and C"),
        ("Cup", ("cup", "can", "CUP"), "A and C"),
    ],
)
def test_an_answer_that_names_two_options_is_refused(
    answer: str, options: tuple[str, ...], named: str
) -> None:
    """Catches a row that is scored against the wrong one of two options."""
    with pytest.raises(RowError, match=f"its answer '{answer}' may be {named} of its options"):
        choice(answer, options)


def test_two_options_may_be_alike_beside_the_right_one() -> None:
    """Catches a row left out for its wrong options, or where text and letter agree."""
    assert choice("9", ("9", "18", "18")) == "A"
    assert choice("A", ("A", "B", "C")) == "A"


def test_letters_are_exact_where_a_layout_has_nothing_else() -> None:
    """Catches rows of MMStar left out or mapped by their text: of 53 the options are letters in
    another order, of two the right option stands twice. All 1,500 count in the paper."""
    assert choice("B", ("B", "C", "A", "D"), letters=True) == "B"
    assert choice("C", ("9", "12", "18", "18"), letters=True) == "C"
    with pytest.raises(RowError, match="none of its options"):
        choice("can", ("cup", "can"), letters=True)
