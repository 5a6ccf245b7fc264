"""Answers in words of one's own."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from downscaling.catalogue.readers import Coin
from downscaling.records.files import RecordError, write
from downscaling.records.rows import Answer, Question
from downscaling.scoring.grade import grade
from downscaling.scoring.matching import OPEN, read_questions
from downscaling.scoring.open_answers import RULES, likeness, soft
from downscaling.study.runs import Run


@pytest.mark.parametrize(
    ("rule", "reply", "answer", "worth"),
    [
        ("equal", "Tin CUP", "tin cup", 1),
        ("equal", "tin cup.", "tin cup", 0),  # CoIN takes a full stop off GQA's answers alone
        ("equal", "tin", "tin cup", 0),
        ("equal", "a tin cup", "tin cup", 0),
        ("unstopped", "Tin cup.", "tin cup", 1),
        ("unstopped", "tin", "tin cup", 0),
        ("within", "It is a tench.", "tench", 1),
        ("within", "tench", "tench, Tinca tinca", 1),
        ("within", "Tench", "tench", 0),
        ("within", "trout", "tench", 0),
    ],
)
def test_a_word_counts_as_coin_counts_it(rule: str, reply: str, answer: str, worth: int) -> None:
    """Catches a family scored by another's rule: each row is right under one and wrong under
    another."""
    assert RULES[rule](reply, answer) == worth


@pytest.mark.parametrize(
    ("reply", "worth"),
    [
        ("nokia", 1),  # four of ten
        ("motorola", 0.9),  # three
        ("apple", 0.6),  # two
        ("htc", 0.3),  # one
        ("sony", 0),
        ("The Nokia!", 1),
    ],
)
def test_an_answer_is_worth_what_part_of_ten_people_gave_it(reply: str, worth: float) -> None:
    """Catches one person's answer taken for the right one, and all or nothing. The shares are those
    of VQA's evaluation, which leaves out each person once."""
    people = ["nokia"] * 4 + ["Motorola", "motorola", "a motorola", "apple", "Apple.", "htc"]
    assert soft(reply, "\n".join(people)) == pytest.approx(worth)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Two", "2"),
        ("none", "0"),
        ("an apple", "the apple"),
        ("3,000", "3000"),
        ("half-open", "half open"),
        ("- open", "open"),
        ("3.5 l.", "3.5 l"),
        ("dont walk", "Don't walk"),
        ("joe's", "joe 's"),
    ],
)
def test_two_spellings_of_an_answer_are_one(reply: str, said: str) -> None:
    """Catches an answer lost to an article, a number's word, a mark or an apostrophe; each pair is
    one for VQA's evaluation."""
    assert soft(reply, "\n".join([said] * 10)) == soft(said, "\n".join([reply] * 10)) == 1
    assert soft(f"{reply} more", "\n".join([said] * 10)) == 0


def test_the_catalogue_names_rules_that_there_are() -> None:
    """Catches a rule that the catalogue offers and no answer is scored by, and one whose questions
    are taken for choices."""
    offered = typing.get_args(Coin.model_fields["rule"].annotation)
    assert {*offered, "prose"} == {"choice", "box", *RULES}
    assert set(OPEN) == set(RULES)


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
    asked = [("a", "cup", "equal"), ("b", "the red cup", "prose"), ("c", "cup", "within")]
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
    empty = Question("d", "families", "gqa", "", (), "what?", (), " ", "equal")
    write(tmp_path / "questions.parquet", [empty], Question)
    with pytest.raises(RecordError, match="no answer to a question of kind 'equal'"):
        read_questions(asked_files)
