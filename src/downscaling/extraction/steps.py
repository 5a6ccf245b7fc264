"""The steps from training samples to extraction data: statements, descriptions, conversations.

A row is dropped, and listed, if it has no image, asks no question beside requests to describe, or
if the teacher or the writer of focus phrases failed on it. Every step keeps the samples' order. The
teacher's steps work on a part of a set at a time (`shard`) and keep each good reply in a resume
log.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..data.readers.options import split
from ..errors import UserError
from ..prompts.templates import Prompts
from ..records.files import RecordError, read, replacing, write
from ..records.rows import Focus, Sample, Turn
from ..runtime.resume_log import ResumeLog
from .teacher import Depiction, Dropped, Failed, Statements, Teacher

SET = "extraction"
ATTEMPTS = 2
HOPELESS = 20  # so many failures without one success mean a wrong model, server or truth
Reply = TypeVar("Reply")


@dataclasses.dataclass(frozen=True)
class Material:
    """All that one training set's conversations are made of; dropped: rows that the teacher failed
    on."""

    samples: Sequence[Sample]
    statements: Sequence[Statements]
    descriptions: Sequence[Depiction]
    focus: Sequence[Focus]
    dropped: Sequence[Dropped] = ()


def shard(samples: Sequence[Sample], part: str) -> Sequence[Sample]:
    """One of `count` runs of samples of like length, part being "number-of-count": "1-of-3"."""
    number, count = map(int, part.split("-of-"))
    if not 1 <= number <= count:
        raise UserError(f"shard: given {part}; allowed: 1-of-{count} to {count}-of-{count}")
    return samples[len(samples) * (number - 1) // count : len(samples) * number // count]


def pairs(sample: Sample, prompts: Prompts) -> list[tuple[int, Turn]]:
    """The turns that ask a question, with their places; a request to describe is none."""
    return [
        (place, turn)
        for place, turn in enumerate(sample.turns)
        if not turn.prompt.startswith(prompts.requests())
    ]


def asked(sample: Sample, prompts: Prompts) -> list[tuple[str, str]]:
    """The sample's questions that want a focus phrase: `<sample id>#<turn>` and the text without
    options. None where the sample has no image."""
    return [
        (f"{sample.id}#{place}", split(turn.prompt)[0])
        for place, turn in (pairs(sample, prompts) if sample.images else [])
    ]


def make_statements(
    samples: Iterable[Sample],
    teacher: Teacher,
    prompts: Prompts,
    log: ResumeLog | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[list[Statements], list[Dropped]]:
    """The teacher's first step, for every sample with an image and a question.

    As many statements as pairs must come, none of them blank; a request that failed is made again
    once, then the sample is dropped. Raises RecordError if all of many requests failed.
    """
    requests = {
        sample: [(turn.prompt, turn.reply) for _, turn in pairs(sample, prompts)]
        for sample in samples
        if sample.images and pairs(sample, prompts)
    }
    replies, dropped = _replies(
        list(requests),
        lambda asked, attempt: teacher.statements(
            [sample.images for sample in asked], [requests[sample] for sample in asked], attempt
        ),
        lambda sample, reply: _miscounted(reply, len(requests[sample])),
        log or ResumeLog(),
        progress,
    )
    made = [
        Statements(sample.id, tuple(sentence.strip() for sentence in replies[sample.id]))
        for sample in requests
        if sample.id in replies
    ]
    return made, dropped


def make_descriptions(
    samples: Iterable[Sample],
    statements: Iterable[Statements],
    teacher: Teacher,
    log: ResumeLog | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[list[Depiction], list[Dropped]]:
    """The teacher's second step, for every sample that has statements.

    An empty description is asked for once more, then the sample is dropped. Raises RecordError for
    statements about a sample that is not there, or if all of many requests failed.
    """
    stated = {entry.sample: entry.statements for entry in statements}
    held = {sample.id: sample for sample in samples if sample.id in stated}
    for name in stated:
        if name not in held:
            raise RecordError(f"statements about {name}, which is no sample; make them anew")
    replies, dropped = _replies(
        [held[name] for name in stated],
        lambda asked, attempt: teacher.describe(
            [sample.images for sample in asked], [stated[sample.id] for sample in asked], attempt
        ),
        lambda _, reply: "" if reply.strip() else "the teacher's description is empty",
        log or ResumeLog(),
        progress,
    )
    return [Depiction(name, replies[name].strip()) for name in stated if name in replies], dropped


def make_conversations(
    sets: Iterable[Material], prompts: Prompts
) -> tuple[list[Sample], list[Dropped]]:
    """The extraction data, and the rows that are dropped.

    A row's one prompt asks to describe the image with attention to what its questions are about;
    the reply is the teacher's description. Raises RecordError where statements, descriptions or
    focus phrases were made for other samples.
    """
    made: list[Sample] = []
    dropped: list[Dropped] = []
    for material in sets:
        statements = {entry.sample: entry.statements for entry in material.statements}
        descriptions = {entry.sample: entry.text for entry in material.descriptions}
        phrases = {entry.question: entry.phrase for entry in material.focus}
        failed = {row.sample: row.reason for row in material.dropped}
        for sample in material.samples:
            turn = failed.get(sample.id) or _turn(
                sample, statements, descriptions, phrases, prompts
            )
            if isinstance(turn, Turn):
                made.append(Sample(sample.id, SET, sample.images, (turn,)))
            else:
                dropped.append(Dropped(sample.set, sample.id, turn))
    return made, dropped


@dataclasses.dataclass(frozen=True)
class TaughtFiles:
    """The files about one training set: its samples, and of each of its shards, in their order,
    the focus phrases, the statements, the descriptions, and the rows that the teacher failed on."""

    samples: Path
    focus: Sequence[Path]
    statements: Sequence[Path]
    descriptions: Sequence[Path]
    dropped: Sequence[Path]


def converse(sets: Sequence[TaughtFiles], out: Path, report: Path, prompts: Prompts) -> None:
    """Write the extraction data (Sample) and the dropped rows (CSV: set, sample, reason).

    Raises RecordError where a file is missing or not one row is left.
    """

    def gathered(paths: Sequence[Path], kind: type) -> list[Any]:
        return [row for path in paths for row in read(path, kind)]

    made, dropped = make_conversations(
        [
            Material(
                read(files.samples, Sample),
                gathered(files.statements, Statements),
                gathered(files.descriptions, Depiction),
                gathered(files.focus, Focus),
                gathered(files.dropped, Dropped),
            )
            for files in sets
        ],
        prompts,
    )
    if not made:
        raise RecordError(f"{report}: every row was dropped")
    write(out, made, Sample)
    with replacing(report) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([field.name for field in dataclasses.fields(Dropped)])
        table.writerows(dataclasses.astuple(row) for row in dropped)


def _turn(
    sample: Sample,
    statements: Mapping[str, tuple[str, ...]],
    descriptions: Mapping[str, str],
    phrases: Mapping[str, str],
    prompts: Prompts,
) -> Turn | str:
    """The sample's conversation, or why it is dropped."""
    questions = [name for name, _ in asked(sample, prompts)]
    if not sample.images:
        return "no image"
    if not questions:
        return "no question"
    _of(sample.id, statements, "statements")
    description = _of(sample.id, descriptions, "description")
    found = [_of(question, phrases, "focus phrase").strip(" .\n") for question in questions]
    focus = " and ".join(dict.fromkeys(phrase for phrase in found if phrase))
    if not focus:
        return "no focus phrase"
    return Turn(prompts.perception(focus), description)


def _of(name: str, table: Mapping[str, Reply], what: str) -> Reply:
    if name not in table:
        raise RecordError(f"{what} of {name} missing: made for other samples; make them anew")
    return table[name]


def _miscounted(statements: Sequence[str], pairs: int) -> str:
    """What is wrong with the statements about so many pairs; nothing if nothing is."""
    if len(statements) != pairs:
        return f"the teacher's statements are {len(statements)}, the questions {pairs}"
    return "" if all(s.strip() for s in statements) else "one of the teacher's statements is empty"


def _replies(
    samples: Sequence[Sample],
    ask: Callable[[Sequence[Sample], int], Iterator[Mapping[int, Reply | Failed]]],
    wrong: Callable[[Sample, Reply], str],
    log: ResumeLog,
    progress: Callable[[int], None] | None,
) -> tuple[dict[str, Reply], list[Dropped]]:
    """A good reply to each request by its sample's id, and the samples that no attempt gave one.

    Those in the log are not asked for again. `wrong` says what is wrong with a reply. Failures
    are not kept, so that a job that is begun again asks for them again.
    """
    failed: dict[str, str] = {}
    for attempt in range(ATTEMPTS):
        waiting = [sample for sample in samples if sample.id not in log.finished]
        for replies in ask(waiting, attempt) if waiting else ():
            good: dict[str, Reply] = {}
            for place, reply in replies.items():
                sample = waiting[place]
                reason = reply.reason if isinstance(reply, Failed) else wrong(sample, reply)
                if isinstance(reply, Failed) or reason:
                    failed[sample.id] = reason
                else:
                    good[sample.id] = reply
            log.add(good)
            if progress:
                progress(len(good))
    dropped = [
        Dropped(sample.set, sample.id, failed[sample.id])
        for sample in samples
        if sample.id not in log.finished
    ]
    if len(dropped) == len(samples) >= HOPELESS:
        raise RecordError(f"all {len(dropped)} requests failed, the first: {dropped[0].reason}")
    return log.finished, dropped
