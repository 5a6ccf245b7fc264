"""Test questions of several images, as M4-Instruct's benchmark has them.

Layout: one JSON array of conversations. A row's metadata name the data set that it is of, which
decides its family, and the kind of question: "multi-choice" or "open-ended". `choice_list` lists
its options; of some rows it is empty, and the question lists them ("Choice List: ['a', 'b']").
Sources: huggingface.co/datasets/lmms-lab/LLaVA-NeXT-Interleave-Bench; the families as its
evaluation groups them (LLaVA-NeXT, llava/eval/evaluate_interleave.py) and the paper's Table 1.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from ...catalogue.readers import M4
from ...records.rows import PLACE, Question
from ..images import ImageFolder
from .annotations import Conversation, conversations, dataset_of
from .cells import choice, clean
from .omissions import Omission, RowError
from .options import split

CHOICE, OPEN = "multi-choice", "open-ended"
"""What a row's metadata name as the kind of its question."""


def questions(
    name: str,
    reader: M4,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Question]:
    """The test questions of a family, one a row, named `<family>-<place among its rows>`. The
    options are those of choice_list, else those that the question lists. An open-ended one has
    none; nor has one without options whose metadata name no kind. Images keep their places in text
    and options; options whose images would be lost stay in the text as well.

    source, root, omitted, seen and errors: as of `llava.samples`.
    """
    path, images = source / reader.file, ImageFolder(source / reader.images, root, seen)

    def is_wanted(row: dict[str, Any]) -> bool:
        return dataset_of(row) in reader.datasets

    asked: list[Question] = []
    for place, number, row, conversation in conversations(path, images, omitted, is_wanted):
        axis = reader.axes.get(dataset_of(row), "")
        try:
            asked.append(_question(f"{name}-{place}", name, axis, row, conversation))
        except RowError as error:
            omitted.append(Omission(str(path), number, str(error)))
    return asked


def _question(id: str, name: str, axis: str, row: dict[str, Any], read: Conversation) -> Question:
    if len(read.turns) > 1:
        raise RowError("asks more than one question")
    (turn,) = read.turns
    kind, text = row["metadata"].get("question_type"), turn.prompt
    options: tuple[str, ...] = ()
    if kind != OPEN:
        text, listed = split(text)
        options = _choice_list(row) or listed
        if "".join((text, *options)).count(PLACE) < turn.placed:
            text = turn.prompt
    is_prose, answer = not options and kind != CHOICE, turn.reply.strip()
    return Question(
        *(id, "families", name, axis, read.images, text, options),
        answer=answer if is_prose else choice(answer, options),
        kind="prose" if is_prose else "choice",
        placed=turn.placed,
    )


def _choice_list(row: dict[str, Any]) -> tuple[str, ...]:
    """The row's choice_list; empty where it has none."""
    listed = row.get("choice_list") or []
    if not isinstance(listed, list) or not all(isinstance(option, str) for option in listed):
        raise RowError("its choice_list is no list of texts")
    return tuple(clean(option).strip() for option in listed)
