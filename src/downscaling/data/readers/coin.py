"""Test questions in LLaVA's layout, as CoIN's families of one image have them.

Layout: <Task>/test.json or <Task>/val.json, a JSON array of conversations; several turns may ask
about one image, and rows without an image (part of ScienceQA) have no image key.
Source: huggingface.co/datasets/Zacks-Chen/CoIN.
"""

from __future__ import annotations

from pathlib import Path

from ...catalogue.readers import Coin
from ...records.boxes import read_box
from ...records.rows import Question, Turn
from ..images import ImageFolder
from .annotations import conversations
from .cells import choice
from .omissions import Omission, RowError
from .options import split


def questions(
    name: str, reader: Coin, source: Path, root: Path, omitted: list[Omission]
) -> list[Question]:
    """The test questions of a family: one a turn, named `<family>-<row>`, where a row has several
    `<family>-<row>-<turn>`. One that lists no options is open, or asks for a box.

    source, root, omitted and errors: as of `llava.samples`.
    """
    paths = [source / file for file in reader.files]
    path = next((path for path in paths if path.exists()), paths[-1])
    images = ImageFolder(source / reader.images, root)
    asked: list[Question] = []
    for number, _, _, row in conversations(path, images, omitted):
        for place, turn in enumerate(row.turns):
            id = f"{name}-{number}" if len(row.turns) == 1 else f"{name}-{number}-{place}"
            try:
                asked.append(_question(id, name, reader.boxes, row.images, turn))
            except RowError as error:
                omitted.append(Omission(str(path), number, f"turn {place}: {error}"))
    return asked


def _question(id: str, name: str, is_box: bool, images: tuple[str, ...], turn: Turn) -> Question:
    if is_box:
        if read_box(turn.reply) is None:
            raise RowError(f"its answer {turn.reply!r} is no box")
        return Question(id, "families", name, "", images, turn.prompt, (), turn.reply, "box")
    text, options = split(turn.prompt)
    if not options:
        return Question(id, "families", name, "", images, text, (), turn.reply, "text")
    answer = choice(turn.reply, options)
    return Question(id, "families", name, "", images, text, options, answer, "choice")
