"""Fact recall of descriptions."""

from __future__ import annotations

import time

import pytest

from downscaling.records.files import RecordError
from downscaling.records.rows import Fact
from downscaling.scoring.facts import FactCount, recall

FACTS = [
    Fact("q", "color of cube", r"\bred-cube\b", r"\b(?!red-)\w+-cube\b"),
    Fact("q", "sign", r"sign says 4 7\b", r"sign says (?!4 7\b)\d \d"),
    Fact("q", "place of cube", r"-cube top-left\b", r"-cube (?!top-left\b)\w+-\w+"),
]


def test_stated_wrong_and_missing_are_told_apart():
    """Catches silence counted as an error, or a wrong statement as silence."""
    description = "a red-cube bottom-left. the background is dark."
    assert recall(description, FACTS) == FactCount(stated=1, misstated=1, needed=3)


def test_a_fact_stated_beside_a_wrong_one_is_stated():
    """Catches an error counted for a second cube of another color."""
    assert recall("a blue-cube and a red-cube", FACTS[:1]) == FactCount(1, 0, 1)


def test_case_and_line_breaks_do_not_matter():
    """Catches a fact missed because a sentence began, or a line ended, in its middle."""
    assert recall("Red-cube.\nSign\n says  4\t7", FACTS[:2]) == FactCount(2, 0, 2)


def test_a_fact_without_a_wrong_form_is_never_misstated():
    """Catches the empty pattern, which matches everything."""
    assert recall("nothing", [Fact("q", "x", "cube", "")]) == FactCount(0, 0, 1)


def test_no_facts():
    """Catches a description with nothing to state counted as anything."""
    assert recall("a red-cube", []) == FactCount(0, 0, 0)


def test_a_runaway_description_is_read_in_reasonable_time():
    """Catches a search whose time explodes on a description that repeats itself for ever."""
    start = time.process_time()
    recall("blue-cube " * 100_000, [Fact("q", "x", r"(?:\w+-\w+ )*green", r"\w+ \w+ \w+ green")])
    assert time.process_time() - start < 2


def test_a_bad_pattern_is_named():
    """Catches a traceback from deep inside re in place of the question and the column."""
    with pytest.raises(RecordError, match=r"question q7, fact sign: states is no regular"):
        recall("text", [Fact("q7", "sign", "(", "")])
