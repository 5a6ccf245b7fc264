"""Grading one run: each answer against its question, each description against its facts.

Questions and what was made for them meet by id, never by position, and must match exactly.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..records.boxes import read_box
from ..records.files import RecordError, read
from ..records.rows import LETTERS, Answer, Description, Fact, Question
from .facts import recall
from .intervals import Floats
from .parse_answer import READERS, box_is_right, read_answer, read_text
from .prose import likeness, same

AVERAGE = "average"
OPEN = ("text", "prose")  # kinds of questions that are answered in words of one's own
_FLAT = ("in-domain",)  # benchmarks whose categories have no second-level axes
_FAMILIES = "families"
_TWO_AXES = "perceptual-similarity"  # the one family whose score is a mean over axes


@dataclasses.dataclass(frozen=True)
class Run:
    """The answers of one reasoning module over one perception module, or of one end-to-end model,
    for one seed and benchmark. `questions` is one file, or several that make up the benchmark."""

    seed: str
    perception: str
    reasoning: str
    mode: str
    benchmark: str
    answers: Path
    questions: Path | tuple[Path, ...]


@dataclasses.dataclass(frozen=True)
class Recall:
    """The descriptions of one perception module for one seed and benchmark, and the facts that
    the benchmark's questions need."""

    seed: str
    perception: str
    benchmark: str
    descriptions: Path
    questions: Path | tuple[Path, ...]
    facts: Path


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a benchmark averages: the stratum of each question (questions,), numbered from 0, and
    for each category reported the weights over strata, which sum to 1."""

    strata: np.ndarray
    views: dict[str, Floats]


@dataclasses.dataclass(frozen=True)
class Graded:
    """Counts per question (questions,) by metric and reader: how often it held, of how many.
    `disagree` marks the questions that two readers read differently."""

    questions: tuple[str, ...]
    layout: Layout
    held: dict[tuple[str, str], Floats]
    total: Floats
    disagree: Floats


def layout(benchmark: str, questions: Sequence[Question]) -> Layout:
    """The strata and averages of a benchmark's questions.

    in-domain: a category is one stratum, the average is the mean of the categories. families: the
    same, but perceptual-similarity is the mean of its two axes, which are reported as well.
    out-of-domain, and any other benchmark whose questions carry axes: an axis is a stratum, a
    category the mean of its axes, the average the mean of all axes.
    Source for the last: mmstar in lmms-eval at the commit that the paper's code pins.
    """

    def stratum(question: Question) -> tuple[str, str]:
        flat = benchmark in _FLAT or (benchmark == _FAMILIES and question.category != _TWO_AXES)
        return question.category, "" if flat else question.axis

    keys = [stratum(question) for question in questions]
    strata = list(dict.fromkeys(keys))
    views: dict[str, Floats] = {}
    for category in dict.fromkeys(category for category, _ in strata):
        views[category] = _even([key[0] == category for key in strata])
    over_axes = benchmark not in (*_FLAT, _FAMILIES)
    average = _even([True] * len(strata)) if over_axes else np.mean(list(views.values()), axis=0)
    if benchmark == _FAMILIES:
        for place, (category, axis) in enumerate(strata):
            if category == _TWO_AXES and axis:
                views[axis] = _even([other == place for other in range(len(strata))])
    views[AVERAGE] = average
    number = {key: place for place, key in enumerate(strata)}
    return Layout(np.array([number[key] for key in keys]), views)


def _even(members: Sequence[bool]) -> Floats:
    weights: Floats = np.array(members, float)
    return weights / sum(members)


class Grader:
    """Grades runs, reading each file of questions once.

    Raises RecordError, in one line, where a file is missing or unreadable, where ids do not match
    or where a question's own answer cannot be read.
    """

    def __init__(self, readers: Iterable[str]) -> None:
        self.readers = tuple(readers)
        unknown = [reader for reader in self.readers if reader not in READERS]
        if unknown:
            raise RecordError(f"no answer reader {unknown[0]!r}; there are {', '.join(READERS)}")
        self._questions: dict[tuple[Path, ...], tuple[Question, ...]] = {}
        self._graded: dict[Run | Recall, Graded] = {}

    def run(self, run: Run) -> Graded:
        """Grade a run's answers: accuracy and unreadable per reader, truncated."""
        if run not in self._graded:
            self._graded[run] = self._grade(run)
        return self._graded[run]

    def _grade(self, run: Run) -> Graded:
        questions = self._read_questions(run.questions)
        answers = match(run.answers, read(run.answers, Answer), questions)
        held: dict[tuple[str, str], Floats] = {}
        readings = []
        for reader in self.readers:
            read_as = [named(a, q, reader) for q, a in zip(questions, answers, strict=True)]
            right = [worth(one, q) for q, one in zip(questions, read_as, strict=True)]
            held["accuracy", reader] = np.array(right, float)
            held["unreadable", reader] = np.array([one is None for one in read_as], float)
            readings.append(read_as)
        held["truncated", ""] = np.array([answer.truncated for answer in answers], float)
        disagree = [len(set(together)) > 1 for together in zip(*readings, strict=True)]
        return Graded(
            tuple(question.id for question in questions),
            layout(run.benchmark, questions),
            held,
            np.ones(len(questions)),
            np.array(disagree, float),
        )

    def recall(self, run: Recall) -> Graded:
        """Grade descriptions: fact recall and fact error, over the questions that need facts."""
        questions = self._read_questions(run.questions)
        texts = match(run.descriptions, read(run.descriptions, Description), questions)
        needed = defaultdict(list)
        for fact in read(run.facts, Fact):
            needed[fact.question].append(fact)
        strangers = set(needed) - {question.id for question in questions}
        if strangers:
            raise RecordError(
                f"{run.facts}: {_some(strangers, 'id')} with facts but not among the questions"
            )
        if not needed:
            raise RecordError(f"{run.facts}: holds no facts")
        pairs = [(q, d) for q, d in zip(questions, texts, strict=True) if q.id in needed]
        counts = [recall(description.text, needed[q.id]) for q, description in pairs]
        asked = [question for question, _ in pairs]
        return Graded(
            tuple(question.id for question in asked),
            layout(run.benchmark, asked),
            {
                ("fact recall", ""): np.array([count.stated for count in counts], float),
                ("fact error", ""): np.array([count.misstated for count in counts], float),
            },
            np.array([count.needed for count in counts], float),
            np.zeros(len(asked)),
        )

    def _read_questions(self, paths: Path | tuple[Path, ...]) -> tuple[Question, ...]:
        files = (paths,) if isinstance(paths, Path) else tuple(paths)
        if files not in self._questions:
            questions = tuple(question for file in files for question in read(file, Question))
            twice = [i for i, count in Counter(q.id for q in questions).items() if count > 1]
            names = ", ".join(map(str, files))
            if twice:
                raise RecordError(f"{names}: {_some(twice, 'id')} given to more than one question")
            if not questions:
                raise RecordError(f"{names}: holds no questions")
            for question in questions:
                _check_gold(question, names)
            self._questions[files] = questions
        return self._questions[files]


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


def named(answer: Answer, question: Question, reader: str) -> Any:
    """What an answer names: an option (by its index), a box or a text; None where it names none."""
    if question.kind == "box":
        return read_box(answer.text)
    return (
        read_text(answer.text) if question.kind in OPEN else read_answer(answer, question, reader)
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


def is_right(choice: Any, question: Question) -> bool:
    """Whether what an answer names is right; prose is if it is more like than not."""
    return worth(choice, question) > 0.5


def match(path: Path, records: Sequence[Any], questions: Sequence[Question]) -> list[Any]:
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
