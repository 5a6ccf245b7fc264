"""Two images beside a reference, and which of them people find more like it: the published sets of
such judgements as instructions.

How the paper worded them is not published; the question and its two options here are our own, in
the form of M4-Instruct's rows of NIGHTS (the reference first, then the two candidates).
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from ...records.files import RecordError
from ...records.rows import LETTERS, Question, Sample, Turn
from ..images import ImageFolder
from .annotations import images_of
from .omissions import Omission, RowError

QUESTION = "The first image is a reference. Which of the other two looks more like it?"
OPTIONS = ("Left image", "Right image")


@dataclasses.dataclass(frozen=True)
class Judgement:
    """A row: the paths of reference, left and right image, the share of people, from 0 to 1, that
    chose the right one, and the row's place for reports."""

    id: str
    images: tuple[str, str, str]
    right: float
    file: Path
    row: int


def folder_with(name: str, source: Path) -> Path:
    """The folder that holds a file or folder of this name: the source's, or the one inside it.

    Raises RecordError where neither does.
    """
    inside = sorted(source.iterdir()) if source.is_dir() else []
    for folder in (source, *inside):
        if (folder / name).exists():
            return folder
    raise RecordError(f"{source / name}: no such file, nor in a folder of {source}")


def cells(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below a CSV file's header, numbered from 0; blank ones are passed over.

    Raises RecordError where one has fewer cells than `columns`, or the file is no text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.reader(stream), -1):
                if number >= 0 and row:
                    if len(row) < columns:
                        raise RecordError(f"{path}, row {number}: fewer than {columns} columns")
                    yield number, [cell.strip() for cell in row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordError(f"{path}: not a CSV file ({error})") from None


def share(cell: str) -> float:
    """A cell's number from 0 to 1. Raises RowError where it is none."""
    try:
        value = float(cell)
    except ValueError:
        raise RowError(f"{cell!r} is no share of votes") from None
    if not 0 <= value <= 1:
        raise RowError(f"{cell!r} is no share of votes")
    return value


def samples(
    judged: Iterator[Judgement], name: str, images: ImageFolder, omitted: list[Omission]
) -> list[Sample]:
    """One training conversation a judgement; the reply is the option that most people chose."""
    prompt = f"{QUESTION}\n{OPTIONS[0]} or {OPTIONS[1].lower()}?"
    return [
        Sample(judgement.id, name, paths, (Turn(prompt, OPTIONS[right]),))
        for judgement, paths, right in _decided(judged, images, omitted)
    ]


def questions(
    judged: Iterator[Judgement], name: str, axis: str, images: ImageFolder, omitted: list[Omission]
) -> list[Question]:
    """One test question of a family a judgement."""
    return [
        Question(
            *(judgement.id, "families", name, axis, paths, QUESTION, OPTIONS),
            answer=LETTERS[right],
            kind="choice",
        )
        for judgement, paths, right in _decided(judged, images, omitted)
    ]


def _decided(
    judged: Iterator[Judgement], images: ImageFolder, omitted: list[Omission]
) -> Iterator[tuple[Judgement, tuple[str, ...], bool]]:
    """The judgements that can be used, with their images' paths and whether the right one won:
    images there, and more than half for one side."""
    for judgement in judged:
        try:
            if judgement.right == 0.5:
                raise RowError("as many votes for either image")
            where = f"{judgement.file}, row {judgement.row}"
            yield judgement, images_of(images, judgement.images, where), judgement.right > 0.5
        except RowError as error:
            omitted.append(Omission.of(error, judgement.file, judgement.row))
