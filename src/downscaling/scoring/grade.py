"""Grading: each answer against its question, once, under every answer parser.

Questions and what was made for them meet by id, never by position, and must match exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..records.boxes import read_box
from ..records.files import read
from ..records.rows import LETTERS, Answer, GradedAnswer, Parse, Question
from ..study.runs import Run
from .matching import OPEN, match
from .open_answers import RULES
from .parse_answer import PARSERS, box_is_right, parse_answer, read_text


def grade(
    run: Run, seed: str, benchmark: str, answers: Path, questions: Sequence[Question]
) -> list[GradedAnswer]:
    """The answers of a run to a benchmark's questions, graded, in the order of the questions.

    Raises:
        RecordError: the answers do not match the questions.
    """
    matched = match(answers, read(answers, Answer), questions)
    return [
        GradedAnswer(
            run.perception,
            run.reasoning,
            run.mode,
            seed,
            benchmark,
            question.id,
            answer.tokens,
            answer.forced,
            answer.truncated,
            tuple(_parse(answer, question, parser) for parser in PARSERS),
        )
        for question, answer in zip(questions, matched, strict=True)
    ]


def _parse(answer: Answer, question: Question, parser: str) -> Parse:
    choice = named(answer, question, parser)
    option = choice if isinstance(choice, int) else -1
    return Parse(
        parser, choice is not None, _worded(choice, question), option, worth(choice, question)
    )


def _worded(choice: Any, question: Question) -> str:
    """What was found in an answer, as the right one is written; "" where nothing was."""
    if choice is None:
        return ""
    if question.options:
        return LETTERS[choice]
    return " ".join(f"{edge:g}" for edge in choice) if question.kind == "box" else str(choice)


def named(answer: Answer, question: Question, parser: str) -> Any:
    """What an answer names: an option (by its index), a box or a text; None where it names none."""
    if question.kind == "box":
        return read_box(answer.text)
    return (
        read_text(answer.text) if question.kind in OPEN else parse_answer(answer, question, parser)
    )


def worth(choice: Any, question: Question) -> float:
    """What was named is worth, from 0 to 1, by the rule of the question's kind."""
    if choice is None:
        return 0.0
    if question.kind == "box":
        gold = read_box(question.answer)
        return float(gold is not None and box_is_right(choice, gold))
    if question.kind in OPEN:
        return RULES[question.kind](choice, question.answer)
    return float(LETTERS[choice] == question.answer)
