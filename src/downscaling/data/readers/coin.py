"""CoIN: the eight families of one image.

Layout: <Task>/train.json and <Task>/test.json (or val.json), image paths relative to images/. Rows
without an image (part of ScienceQA) have no image key; several turns may ask about one image.
Source: huggingface.co/datasets/Zacks-Chen/CoIN.
"""

from __future__ import annotations

from pathlib import Path

from ...records.rows import Question, Sample, Turn
from ...scoring.parse_answer import read_box
from ..images import Folder, preset_of
from .annotations import Omission, RowError, choice, conversations
from .options import split

TASKS = {
    "ocrvqa": "OCRVQA",
    "textvqa": "TextVQA",
    "scienceqa": "ScienceQA",
    "vqav2": "VQAv2",
    "gqa": "GQA",
    "vizwiz": "VizWiz",
    "imagenet": "ImageNet",
    "grounding": "Grounding",
}
BOXES = ("grounding",)


def samples(source: Path, name: str, omitted: list[Omission]) -> list[Sample]:
    """The training conversations of a family: one a row, named `<family>-<row>`."""
    read = conversations(source / TASKS[name] / "train.json", _images(source), omitted)
    return [Sample(f"{name}-{number}", name, row.images, row.turns) for number, _, _, row in read]


def questions(source: Path, name: str, omitted: list[Omission]) -> list[Question]:
    """The test questions of a family: one a turn, named `<family>-<row>`, where a row has several
    `<family>-<row>-<turn>`. Those of grounding ask for a box; one that lists no options is open."""
    task = source / TASKS[name]
    path = task / "test.json" if (task / "test.json").exists() else task / "val.json"
    made: list[Question] = []
    for number, _, _, read in conversations(path, _images(source), omitted):
        for place, turn in enumerate(read.turns):
            index = f"{name}-{number}" if len(read.turns) == 1 else f"{name}-{number}-{place}"
            try:
                made.append(_question(index, name, read.images, turn))
            except RowError as error:
                omitted.append(Omission(str(path), number, f"turn {place}: {error}"))
    return made


def _question(index: str, name: str, images: tuple[str, ...], turn: Turn) -> Question:
    if name in BOXES:
        if read_box(turn.reply) is None:
            raise RowError(f"its answer {turn.reply!r} is no box")
        return Question(index, "families", name, "", images, turn.prompt, (), turn.reply, "box")
    text, options = split(turn.prompt)
    if not options:
        return Question(index, "families", name, "", images, text, (), turn.reply, "text")
    answer = choice(turn.reply, options)
    return Question(index, "families", name, "", images, text, options, answer, "choice")


def _images(source: Path) -> Folder:
    return Folder(source / "images", preset_of(source))
