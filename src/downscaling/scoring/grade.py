"""Grading: each answer against its question, once, under every answer parser.

Questions and what was made for them meet by id, never by position, and must match exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..records.boxes import read_box
from ..records.files import RecordError, read
from ..records.rows import LETTERS, Answer, Description, GradedAnswer, Parse, Question
from ..study.runs import Run
from .parse_answer import PARSERS, box_is_right, parse_answer, read_text
from .prose import likeness, same

OPEN = ("text", "prose")  # kinds of questions that are answered in words of one's own
Record = TypeVar("Record", Answer, Description)


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


def read_questions(files: Sequence[Path]) -> list[Question]:
    """The questions of the files that make up a benchmark, in their order.

    Raises:
        RecordError: there are none, an id is given twice, or a question's own answer is none.
    """
    questions = [question for file in files for question in read(file, Question)]
    twice = [i for i, count in Counter(q.id for q in questions).items() if count > 1]
    names = ", ".join(map(str, files))
    if twice:
        raise RecordError(f"{names}: {_some(twice, 'id')} given to more than one question")
    if not questions:
        raise RecordError(f"{names}: holds no questions")
    for question in questions:
        _check_gold(question, names)
    return questions


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


def _check_gold(question: Question, names: str) -> None:
    if question.kind == "box":
        good = read_box(question.answer) is not None
    elif question.kind in OPEN:
        good = bool(question.answer.strip()) and not question.options
    else:
        letters = LETTERS[: len(question.options)]
        good = len(question.answer) == 1 and question.answer in letters
    if not good:
        raise RecordError(
            f"{names}: question {question.id}: {question.answer!r} is no answer to a question of "
            f"kind {question.kind!r} with {len(question.options)} options"
        )


def named(answer: Answer, question: Question, parser: str) -> Any:
    """What an answer names: an option (by its index), a box or a text; None where it names none."""
    if question.kind == "box":
        return read_box(answer.text)
    return (
        read_text(answer.text) if question.kind in OPEN else parse_answer(answer, question, parser)
    )


def worth(choice: Any, question: Question) -> float:
    """1 for what is right, 0 for what is not; for prose, how near it comes."""
    if choice is None:
        return 0.0
    if question.kind == "box":
        gold = read_box(question.answer)
        return float(gold is not None and box_is_right(choice, gold))
    if question.kind in OPEN:
        compare = likeness if question.kind == "prose" else same
        return float(compare(choice, question.answer))
    return float(LETTERS[choice] == question.answer)


def is_right(worth: float) -> bool:
    """Whether an answer is right; prose is if it is more like than not."""
    return worth > 0.5


def match(path: Path, records: Sequence[Record], questions: Sequence[Question]) -> list[Record]:
    """One record for each question, in the order of the questions, matched by id.

    Raises RecordError where they do not match; `path` is the file that they were read from.
    """
    counts = Counter(record.question for record in records)
    known = {question.id for question in questions}
    wrong = {
        "without a record": known - set(counts),
        "unknown to the questions": set(counts) - known,
        "recorded more than once": {i for i, count in counts.items() if count > 1},
    }
    faults = [f"{_some(ids, 'id')} {what}" for what, ids in wrong.items() if ids]
    if faults:
        raise RecordError(f"{path}: does not match its questions: {'; '.join(faults)}")
    by_id = {record.question: record for record in records}
    return [by_id[question.id] for question in questions]


def _some(ids: Iterable[str], noun: str) -> str:
    listed = sorted(ids)
    return f"{len(listed)} {noun}{'s' if len(listed) > 1 else ''} ({listed[0]!r}" + (
        ", ...)" if len(listed) > 1 else ")"
    )
