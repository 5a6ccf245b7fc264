"""Answer parsers on awkward outputs, and boxes."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from downscaling.records.boxes import read_box
from downscaling.records.rows import Answer, Question
from downscaling.scoring.parse_answer import PARSERS, box_is_right, iou, parse_answer

WORDS = ("cat", "dog", "red cube", "red")
NUMBERS = ("3", "-3", "3.5", "13")
with (Path(__file__).parent / "replies.csv").open(encoding="utf-8", newline="") as _file:
    REPLIES = list(csv.DictReader(_file))


def question(options=WORDS):
    return Question("q", "in-domain", "gqa", "", ("a.png",), "Which?", options, "B", "choice")


def read(parser, text, options=WORDS):
    return PARSERS[parser](text, question(options))


# What each rule reads in a reply. The comment says what the published rules get wrong.
CASES = [
    # reply, options, last-line, first-letter, robust
    ("Answer: B", WORDS, 1, 1, 1),
    ("thinking about it\nAnswer: B", WORDS, 1, 1, 1),
    ("Answer: B\n", WORDS, None, None, 1),  # both: a trailing newline hides the letter
    ("B\n", WORDS, None, None, 1),
    ("**Answer:** B", WORDS, None, 1, 1),  # last-line: the bold marker comes first
    ("Answer: **B**", WORDS, None, None, 1),  # both: bold letter
    ("*Answer*: B", WORDS, None, 1, 1),
    (r"Answer: \boxed{B}", WORDS, None, None, 1),  # both: boxed letter
    (r"So the result is $\boxed{\text{B}}$", WORDS, None, None, 1),
    (r"\boxed{\textbf{(B)}}.", WORDS, None, 1, 1),
    ("Answer: (B)", WORDS, 1, 1, 1),
    ("Option B", WORDS, 1, 1, 1),
    ("The answer is B.", WORDS, 1, 1, 1),
    ("the answer is b", WORDS, 1, None, 1),  # first-letter: knows capitals only
    ("b", WORDS, 1, None, 1),
    ("B. dog", WORDS, 1, 1, 1),
    ("B) dog", WORDS, 1, None, 1),
    ("B: because of its ears", WORDS, 1, None, 1),
    ("Answer: B is right, it barks", WORDS, 1, 1, 1),
    ("Answer: B\n\nThe ears give it away.", WORDS, None, None, 1),  # last-line: not the last line
    ("Answer:\nB", WORDS, 1, None, 1),
    ("Answer: A\nNo, wait.\nAnswer: B", WORDS, 1, 1, 1),
    ("## Answer\n\nB", WORDS, 1, None, 1),
    ("Final answer: B", WORDS, 1, 1, 1),
    ("All of them are possible", WORDS, 0, None, None),  # last-line: "all" starts with an a
    ("Cannot be told from this", WORDS, 2, None, None),  # last-line: and "cannot" with a c
    ("A bird", WORDS, 0, 0, None),  # both: an article is not a letter
    ("A dog.", WORDS, 0, 0, 1),  # both: the article, though the text says B
    ("dog", WORDS, 1, 1, 1),
    ("Answer: dog", WORDS, 1, 1, 1),
    ("Answer: Dog.", WORDS, 3, None, 1),  # last-line: full stop, so "d" is the letter D
    ("Answer: red cube", WORDS, 2, 2, 2),
    ("Answer: red", WORDS, 3, 3, 3),
    ("It must be the red cube over there", WORDS, None, None, 2),  # first-letter: two start alike
    ("It must surely be the dark one, a dog", WORDS, None, 1, 1),
    ("The dog chases the red cube around the yard", WORDS, None, None, None),
    ("A or B", WORDS, 0, 1, None),  # both: settle a tie by position
    ("A, B", WORDS, 0, 1, None),
    ("(A) and (B)", WORDS, 0, 1, None),
    ("A. dog", WORDS, 0, 0, None),  # letter and text contradict each other
    ("A. cat\nB. dog\nC. red cube", WORDS, 2, 2, None),  # repeats the options, chooses none
    ("E", WORDS, None, None, None),
    ("", WORDS, None, None, None),
    ("\n\n", WORDS, None, None, None),
    ("Answer:", WORDS, 0, None, None),  # last-line: falls back to the line and reads its a
    ("It is not a dog", WORDS, None, None, None),
    ("Answer: \u201cB\u201d", WORDS, None, None, 1),
    ("\uff22", WORDS, None, None, 1),  # a full-width B
    ("- **B**", WORDS, None, None, 1),
    ("3", NUMBERS, 0, 0, 0),
    ("-3", NUMBERS, 1, 1, 1),  # not 3
    ("Answer: 3.5", NUMBERS, 2, 2, 2),  # not 3, not 5
    ("There are 13 of them.", NUMBERS, None, None, 3),  # not 3
    ("D. 13", NUMBERS, 3, 3, 3),
    ("$3.5$", NUMBERS, None, None, 2),
    ("C", ("D", "C", "B", "A"), 2, 2, 2),  # letters as texts: the reply is a letter
    ("yes", ("yes", "no", "Yes"), None, None, None),  # two options with one text
]


@pytest.mark.parametrize(("text", "options", "last_line", "first_letter", "robust"), CASES)
def test_awkward_replies(text, options, last_line, first_letter, robust):
    """Catches a parser that drifts from its published rule, or a robust one that guesses."""
    named = {name: read(name, text, options) for name in PARSERS}
    assert named == {"last-line": last_line, "first-letter": first_letter, "robust": robust}


def test_every_parser_reads_the_text_of_any_option():
    """Catches an option text that starts with a letter ("blue") being read as that letter."""
    options = ("green", "amber", "blue", "cyan")
    for parser in PARSERS:
        for index, text in enumerate(options):
            assert read(parser, f"Answer: {text}", options) == index
            assert read(parser, text.capitalize(), options) == index


def test_a_reply_without_an_option_is_never_guessed():
    """Catches the random pick of lmms-eval: the same reply must always read the same, as None."""
    for parser in PARSERS:
        assert {read(parser, "nothing of the kind", WORDS) for _ in range(50)} == {None}


@pytest.mark.parametrize("kind", sorted({reply["kind"] for reply in REPLIES}))
def test_the_robust_parser_reads_each_kind_of_reply_as_a_person_does(kind):
    """Catches a denied letter, an abbreviation, a part of a number or a list read as an answer, and
    an answer lost in its dress."""
    for reply in REPLIES:
        if reply["kind"] == kind:
            reads_as = int(reply["reads_as"]) if reply["reads_as"] else None
            options = tuple(reply["options"].split("|"))
            assert read("robust", reply["reply"], options) == reads_as, reply


def test_every_parser_reads_an_option_that_is_a_letter_of_no_place():
    """Catches "Answer: Y" lost where the options are X, Y and Z: no place has these letters."""
    for parser in PARSERS:
        assert read(parser, "Answer: Y", ("X", "Y", "Z")) == 1
        assert read(parser, "I", ("I", "II", "III", "IV")) == 0
        assert read(parser, "7", ("5", "7")) == 1
        assert read(parser, "C", ("D", "C", "B", "A")) == 2  # the letter, not the text


UNITS = """answer |answer: |the answer is |\\text{|\\frac{|\\boxed{|\\boxed{A} |^{|<answer>|<b
<think>|red cube |A |A, |A to |B or |not |not A, |A is wrong. |wait |no, |if |1,000,|1 000 |9|9.
-|$|*|_|~~|(|[|'|"|{|`|x|- [ ] |\u9009|\uff0e"""
WORRYING = ["\n", "\t", " ", *UNITS.replace("\n", "|").split("|")]


@pytest.mark.parametrize("unit", WORRYING)
def test_a_runaway_reply_is_read_in_a_second(unit):
    """Catches patterns whose time grows with the square of a reply of 100,000 characters."""
    text = unit * (100_000 // len(unit))
    for parser in PARSERS:
        assert any(seconds(read, parser, text) < 1 for _ in range(3))
    assert any(seconds(read_box, text) < 1 for _ in range(3))


def seconds(function, *arguments):
    """CPU seconds of a call; on a core that others share more, so one of a few has to be quick."""
    start = time.process_time()
    function(*arguments)
    return time.process_time() - start


def answer(text, truncated):
    return Answer("q", "some thoughts", text, 9, False, truncated)


@pytest.mark.parametrize(
    ("text", "whole", "cut"),
    [
        ("", None, None),  # cut inside the thinking
        ("I see a dog running towards", 1, None),  # a mention before the cut is no answer
        ("Answer: B", 1, 1),
        ("B. The picture shows", 1, 1),
        ("First, the options.\nB. dog", 1, None),  # cut while it lists the options
    ],
)
def test_a_truncated_answer_counts_only_where_it_was_given(text, whole, cut):
    """Catches a cut-off train of thought being scored for an option it happened to mention."""
    assert parse_answer(answer(text, False), question(), "robust") == whole
    assert parse_answer(answer(text, True), question(), "robust") == cut


def test_box_overlap():
    """Catches a swapped corner or an inside-out box that scores through a negative area."""
    gold = (0.0, 0.0, 2.0, 2.0)
    assert iou(gold, gold) == 1
    assert iou((1.0, 0.0, 3.0, 2.0), gold) == pytest.approx(1 / 3)
    assert iou((2.0, 2.0, 0.0, 0.0), gold) == 0
    assert iou((5.0, 5.0, 6.0, 6.0), gold) == 0
    assert box_is_right((0.0, 0.0, 2.0, 1.01), gold)
    assert not box_is_right((0.0, 0.0, 2.0, 1.0), gold)  # exactly one half
    assert not box_is_right(None, gold)
