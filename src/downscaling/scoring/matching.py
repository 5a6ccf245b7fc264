"""Questions, and what was written for them: they meet by id, never by position, and must match
exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from ..records.boxes import read_box
from ..records.files import RecordError, read
from ..records.rows import LETTERS, Answer, Description, Focus, Question

OPEN = ("equal", "unstopped", "within", "soft", "prose")
"""Kinds of questions that are answered in words of one's own. They stand here without their rules,
so that a model need not answer anew when a rule changes."""
Record = TypeVar("Record", Answer, Description, Focus)


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


def is_right(worth: float) -> bool:
    """Whether an answer is right; one that is worth something between is if it is worth more than
    half."""
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
