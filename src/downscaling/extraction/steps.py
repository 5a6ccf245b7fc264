"""The steps from training samples to extraction data: statements, descriptions, conversations.

A row is dropped, and listed, if it has no image, asks no question beside requests to describe, or
if the teacher or the writer of focus phrases failed on it. Every step keeps the samples' order.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from ..prompts import SETS, Prompts
from ..records import Focus, RecordError, Sample, Turn, read, replacing, write
from ..sources.options import split
from .teacher import Depiction, Dropped, Statements, Teacher

SET = "extraction"
ATTEMPTS = 2
_REQUESTS = tuple(
    request
    for prompts in SETS.values()
    for request in (prompts.caption, prompts.detail, prompts.perceive.split("{focus}")[0])
)
Request = TypeVar("Request")
Reply = TypeVar("Reply")


@dataclasses.dataclass(frozen=True)
class Material:
    """All that one training set's conversations are made of."""

    samples: Sequence[Sample]
    statements: Sequence[Statements]
    descriptions: Sequence[Depiction]
    focus: Sequence[Focus]


def pairs(sample: Sample) -> list[tuple[int, Turn]]:
    """The turns that ask a question, with their places; a request to describe is none."""
    return [
        (place, turn)
        for place, turn in enumerate(sample.turns)
        if not turn.prompt.startswith(_REQUESTS)
    ]


def asked(sample: Sample) -> list[tuple[str, str]]:
    """The sample's questions that want a focus phrase: `<sample id>#<turn>` and the text without
    options. None where the sample has no image."""
    return [
        (f"{sample.id}#{place}", split(turn.prompt)[0])
        for place, turn in (pairs(sample) if sample.images else [])
    ]


def make_statements(
    samples: Iterable[Sample], teacher: Teacher, batch_size: int = 32
) -> list[Statements]:
    """The teacher's first step, for every sample with an image and a question.

    As many statements as pairs must come, none of them blank; a request that failed is made again
    once, then its statements stay empty.
    """
    requests = [
        (sample, [(turn.prompt, turn.reply) for _, turn in pairs(sample)])
        for sample in samples
        if sample.images and pairs(sample)
    ]
    replies = _replies(
        requests,
        lambda batch, attempt: teacher.statements(
            [sample.images for sample, _ in batch], [entry for _, entry in batch], attempt
        ),
        lambda request, reply: len(reply) == len(request[1]) and all(s.strip() for s in reply),
        batch_size,
    )
    return [
        Statements(sample.id, tuple(sentence.strip() for sentence in reply or ()))
        for (sample, _), reply in zip(requests, replies, strict=True)
    ]


def make_descriptions(
    samples: Iterable[Sample],
    statements: Iterable[Statements],
    teacher: Teacher,
    batch_size: int = 32,
) -> list[Depiction]:
    """The teacher's second step, for every sample that has statements.

    An empty description is asked for once more. Raises RecordError for statements about a sample
    that is not there.
    """
    images = {sample.id: sample.images for sample in samples}
    stated = [entry for entry in statements if entry.statements]
    for entry in stated:
        if entry.sample not in images:
            raise RecordError(
                f"statements about {entry.sample}, which is no sample; make them anew"
            )
    replies = _replies(
        stated,
        lambda batch, attempt: teacher.describe(
            [images[entry.sample] for entry in batch],
            [entry.statements for entry in batch],
            attempt,
        ),
        lambda _, reply: bool(reply.strip()),
        batch_size,
    )
    return [
        Depiction(entry.sample, (reply or "").strip())
        for entry, reply in zip(stated, replies, strict=True)
    ]


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
        for sample in material.samples:
            turn = _turn(sample, statements, descriptions, phrases, prompts)
            if isinstance(turn, Turn):
                made.append(Sample(sample.id, SET, sample.images, (turn,)))
            else:
                dropped.append(Dropped(sample.set, sample.id, turn))
    return made, dropped


def converse(samples: Mapping[Path, Path], out: Path, report: Path, prompts: str) -> None:
    """Write the extraction data (records.Sample) and the dropped rows (CSV: set, sample, reason).

    samples: for each folder that holds a set's statements.parquet, descriptions.parquet and
    focus.parquet, the file of the samples that they were made for. prompts: the name of a set of
    templates. Raises RecordError where a file is missing or not one row is left.
    """
    made, dropped = make_conversations(
        [
            Material(
                read(file, Sample),
                read(folder / "statements.parquet", Statements),
                read(folder / "descriptions.parquet", Depiction),
                read(folder / "focus.parquet", Focus),
            )
            for folder, file in samples.items()
        ],
        SETS[prompts],
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
    questions = [name for name, _ in asked(sample)]
    if not sample.images:
        return "no image"
    if not questions:
        return "no question"
    if not _of(sample.id, statements, "statements"):
        return "statements do not match the questions"
    if not _of(sample.id, descriptions, "description"):
        return "no description"
    found = [_of(question, phrases, "focus phrase").strip(" .\n") for question in questions]
    focus = " and ".join(dict.fromkeys(phrase for phrase in found if phrase))
    if not focus:
        return "no focus phrase"
    return Turn(prompts.perceive.format(focus=focus), descriptions[sample.id])


def _of(name: str, table: Mapping[str, Reply], what: str) -> Reply:
    if name not in table:
        raise RecordError(f"{what} of {name} missing: made for other samples; make them anew")
    return table[name]


def _replies(
    requests: Sequence[Request],
    ask: Callable[[Sequence[Request], int], Sequence[Reply]],
    good: Callable[[Request, Reply], bool],
    size: int,
) -> list[Reply | None]:
    """A good reply to each request, None where no attempt gave one; `size` are asked at a time."""
    replies: list[Reply | None] = [None] * len(requests)
    for attempt in range(ATTEMPTS):
        waiting = [place for place, reply in enumerate(replies) if reply is None]
        for start in range(0, len(waiting), size):
            batch = waiting[start : start + size]
            told = ask([requests[place] for place in batch], attempt)
            for place, reply in zip(batch, told, strict=True):
                if good(requests[place], reply):
                    replies[place] = reply
    return replies
