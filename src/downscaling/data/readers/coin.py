"""CoIN's test questions, about one image or none.

Layout: <Task>/test.json or <Task>/val.json, a JSON array of rows with question_id, image, text and
answer. Part of ScienceQA has no image key. Grounding has answer_bbox, four numbers as text, and
size. CoIN scores the overlap of two boxes in the unit of that text, so size is not needed. TextVQA
is scored against what ten people answered, which its own annotations hold under the question_id.
Sources: huggingface.co/datasets/Zacks-Chen/CoIN; github.com/zackschen/CoIN, ETrain/Eval/LLaVA/CoIN
and scripts/LLaVA/Eval, which name the file of each task.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Any

from ...catalogue.readers import Coin
from ...records.boxes import read_box
from ...records.files import RecordError
from ...records.rows import Question
from ..images import ImageFolder
from . import textvqa
from .annotations import image_names, images_of
from .cells import choice, question_of, text_of
from .files import rows
from .omissions import Omission, RowError
from .options import split


def questions(
    name: str,
    reader: Coin,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Question]:
    """The test questions of a family, named `<family>-<row>`. One that lists options is a choice,
    another of the kind that `reader.rule` names.

    source, root, omitted, seen and errors: as of `llava.samples`.
    """
    path, images = source / reader.file, ImageFolder(source / reader.images, root, seen)
    answers = cache(lambda: textvqa.people(source / reader.answers))  # read where one is open
    asked: list[Question] = []
    for number, row in rows(path):
        where = f"{path}, row {number}"
        if "text" not in row:
            raise RecordError(f"{where}: no text, so no row of CoIN's test files")
        try:
            names = image_names(row)
            text, options, answer, kind = _asked(row, reader.rule, answers)
            pictures = images_of(images, names, where)
        except RowError as error:
            omitted.append(Omission.of(error, path, number))
            continue
        id = f"{name}-{number}"
        asked.append(Question(id, "families", name, "", pictures, text, options, answer, kind))
    return asked


def _asked(
    row: dict[str, Any], rule: str, answers: Callable[[], textvqa.Answers]
) -> tuple[str, tuple[str, ...], str, str]:
    """Text, options, answer and kind of a row's question, as in records.Question. answers: what
    people answered to TextVQA's."""
    text = question_of(row, "text")
    if rule == "box":
        box = text_of(row, "answer_bbox")
        if read_box(box) is None:
            raise RowError(f"its answer {box!r} is no box")
        return text, (), box, "box"
    answer = text_of(row, "answer")
    text, options = split(text)
    if options or rule == "choice":
        return text, options, choice(answer, options), "choice"
    return text, (), textvqa.said(row, answers()) if rule == "soft" else answer, rule
