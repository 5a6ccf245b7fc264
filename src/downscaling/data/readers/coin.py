"""CoIN's test questions, about one image or none.

Layout: <Task>/test.json or <Task>/val.json, a JSON array of rows with question_id, image, text and
answer. Part of ScienceQA has no image key. Grounding has answer_bbox, four numbers as text, and
size. CoIN scores the overlap of two boxes in the unit of that text, so size is not needed.
Sources: huggingface.co/datasets/Zacks-Chen/CoIN; github.com/zackschen/CoIN, ETrain/Eval/LLaVA/CoIN
and scripts/LLaVA/Eval, which name the file of each task.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...catalogue.readers import Coin
from ...records.boxes import read_box
from ...records.files import RecordError
from ...records.rows import Question
from ..images import ImageFolder
from .annotations import image_names, images_of
from .cells import choice, question_of, text_of
from .files import rows
from .omissions import Omission, RowError
from .options import split


def questions(
    name: str, reader: Coin, source: Path, root: Path, omitted: list[Omission]
) -> list[Question]:
    """The test questions of a family, named `<family>-<row>`. One that lists no options is open, or
    asks for a box.

    source, root, omitted and errors: as of `llava.samples`.
    """
    path, images = source / reader.file, ImageFolder(source / reader.images, root)
    asked: list[Question] = []
    for number, row in rows(path):
        where = f"{path}, row {number}"
        if "text" not in row:
            raise RecordError(f"{where}: no text, so no row of CoIN's test files")
        try:
            names = image_names(row)
            text, options, answer, kind = _asked(row, reader.boxes)
            pictures = images_of(images, names, where)
        except RowError as error:
            omitted.append(Omission.of(error, path, number))
            continue
        id = f"{name}-{number}"
        asked.append(Question(id, "families", name, "", pictures, text, options, answer, kind))
    return asked


def _asked(row: dict[str, Any], is_box: bool) -> tuple[str, tuple[str, ...], str, str]:
    """Text, options, answer and kind of a row's question, as in records.Question."""
    text = question_of(row, "text")
    if is_box:
        box = text_of(row, "answer_bbox")
        if read_box(box) is None:
            raise RowError(f"its answer {box!r} is no box")
        return text, (), box, "box"
    answer = text_of(row, "answer")
    text, options = split(text)
    if not options:
        return text, (), answer, "text"
    return text, options, choice(answer, options), "choice"
