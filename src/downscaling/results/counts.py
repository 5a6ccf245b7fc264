"""Counts per question: what every score is made of."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..records.files import RecordError, read
from ..records.rows import Description, Fact, Question
from ..scoring.facts import recall
from ..scoring.intervals import Floats
from ..scoring.matching import match
from ..study.runs import AnswerSet
from .averages import Averages, averages
from .graded import sets_of

RECALL, ERROR = "fact recall", "fact error"


@dataclasses.dataclass(frozen=True)
class Counts:
    """Counts per question (questions,) by metric and parser: how often it held, of how many.
    `disagree` marks the questions whose answers two parsers read differently."""

    questions: tuple[str, ...]
    averages: Averages
    held: dict[tuple[str, str], Floats]
    total: Floats
    disagree: Floats


def counted(file: Path, questions: Mapping[str, Sequence[Question]]) -> dict[AnswerSet, Counts]:
    """The counts of each set of a file of graded answers. `questions` are by benchmark.

    Raises:
        RecordError: the answers are not those to the questions, in their order.
    """
    counts = {}
    for key, rows in sets_of(file):
        asked = questions[key.benchmark]
        ids = tuple(row.question for row in rows)
        if key in counts or ids != tuple(question.id for question in asked):
            raise RecordError(f"{file}: {key} does not match its questions; make it anew")
        held: dict[tuple[str, str], Floats] = {}
        for place, parse in enumerate(rows[0].parses):
            parses = [row.parses[place] for row in rows]
            held["accuracy", parse.parser] = np.array([one.worth for one in parses], float)
            held["unreadable", parse.parser] = np.array([not p.is_found for p in parses], float)
        held["truncated", ""] = np.array([row.truncated for row in rows], float)
        disagree = [len({(p.is_found, p.found) for p in row.parses}) > 1 for row in rows]
        counts[key] = Counts(
            ids,
            averages(key.benchmark, asked),
            held,
            np.ones(len(rows)),
            np.array(disagree, float),
        )
    return counts


def recalled(
    benchmark: str, descriptions: Path, questions: Sequence[Question], facts_file: Path
) -> Counts:
    """Fact recall and fact error of a perception module's descriptions, over the questions that
    need facts.

    Raises:
        RecordError: descriptions or facts are about other questions.
    """
    texts = match(descriptions, read(descriptions, Description), questions)
    needed = defaultdict(list)
    for fact in read(facts_file, Fact):
        needed[fact.question].append(fact)
    strangers = sorted(set(needed) - {question.id for question in questions})
    if strangers:
        raise RecordError(
            f"{facts_file}: {len(strangers)} ids ({strangers[0]!r}) with facts but not among the "
            "questions"
        )
    if not needed:
        raise RecordError(f"{facts_file}: holds no facts")
    pairs = [(q, d) for q, d in zip(questions, texts, strict=True) if q.id in needed]
    recalls = [recall(description.text, needed[q.id]) for q, description in pairs]
    return fact_counts(
        benchmark,
        [question for question, _ in pairs],
        [one.stated for one in recalls],
        [one.misstated for one in recalls],
        [one.needed for one in recalls],
    )


def fact_counts(
    benchmark: str,
    questions: Sequence[Question],
    stated: Sequence[int],
    misstated: Sequence[int],
    needed: Sequence[int],
) -> Counts:
    """Fact recall and fact error of the questions that need facts: of each how many facts are
    stated, stated wrongly, and needed in all."""
    return Counts(
        tuple(question.id for question in questions),
        averages(benchmark, questions),
        {
            (RECALL, ""): np.array(stated, float),
            (ERROR, ""): np.array(misstated, float),
        },
        np.array(needed, float),
        np.zeros(len(questions)),
    )
