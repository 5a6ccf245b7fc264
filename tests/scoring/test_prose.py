"""Answers in words of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.records.files import RecordError, write
from downscaling.records.rows import Answer, Question
from downscaling.scoring.grade import grade, read_questions
from downscaling.scoring.prose import likeness, same
from downscaling.study.runs import Run


def test_a_word_counts_whatever_its_case_and_a_part_of_it_does_not() -> None:
    """Catches a right answer lost to a capital or a full stop, and a near one taken for right."""
    assert same(" Tin  Cup. ", "tin cup")
    assert not same("tin", "tin cup")


def test_sentences_are_worth_the_words_they_share_in_order() -> None:
    """Catches a bag of words, recall or precision alone, and a reply without words."""
    assert likeness("The cup is red.", "the cup is red") == pytest.approx(1)
    assert likeness("red is cup the", "the cup is red") == pytest.approx(2 * 1 / 8)
    assert likeness("the cup", "the cup is red") == pytest.approx(2 * 2 / 6)
    assert likeness("3,000 cups", "3000 cups!") == pytest.approx(1)
    for nothing in ("", " ", "...", "." * 100, "(", "\n\t"):
        assert likeness(nothing, "the cup") == likeness("the cup", nothing) == 0


def test_a_word_counts_once_as_in_the_papers_evaluation() -> None:
    """Catches the textbook's ROUGE-L, which gives 8/11 here, in the place of the paper's."""
    said = "the dog is in the park and the man is with the dog"
    assert likeness(said, "the man is in the park with the dog") == pytest.approx(0.8)


def test_a_long_reply_is_cut_where_the_papers_evaluation_cuts_it() -> None:
    """Catches a reply of a whole page that is deeper than Python's recursion, or earns by its
    end."""
    assert likeness("so " * 10_000 + "red", "red") == 0
    assert likeness("red " + "too " * 10_000, "red") == pytest.approx(2 / 3)


def test_open_questions_are_graded_beside_the_others(tmp_path: Path) -> None:
    """Catches an open question graded as a choice, and one without an answer to grade by."""
    asked = [("a", "cup", "text"), ("b", "the red cup", "prose"), ("c", "cup", "text")]
    questions = [
        Question(name, "families", "gqa", "", (), "what?", (), answer, kind)
        for name, answer, kind in asked
    ]
    replies = {"a": "Answer: Cup", "b": "the cup", "c": " "}
    answers = [Answer(name, "", text, 1, False, False) for name, text in replies.items()]
    write(tmp_path / "questions.parquet", questions, Question)
    write(tmp_path / "answers.parquet", answers, Answer)
    run = Run("model", "end-to-end", "image")
    asked_files = [tmp_path / "questions.parquet"]
    graded = grade(run, "0", "families", tmp_path / "answers.parquet", read_questions(asked_files))
    robust = [parse for row in graded for parse in row.parses if parse.parser == "robust"]
    assert [parse.worth for parse in robust] == [1.0, pytest.approx(0.8), 0.0]
    assert [parse.is_found for parse in robust] == [True, True, False]
    empty = Question("d", "families", "gqa", "", (), "what?", (), " ", "text")
    write(tmp_path / "questions.parquet", [empty], Question)
    with pytest.raises(RecordError, match="no answer to a question of kind 'text'"):
        read_questions(asked_files)
