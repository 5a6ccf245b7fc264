"""M4-Instruct with PieAPP and NIGHTS: the seven families of several images.

Layout: m4_instruct_annotations.json and m4_instruct_test.json (or multi_image_in_domain.json, as
its benchmark is published), image paths relative to images/. A row's metadata names the data set
that it comes from, which decides its family.
Sources: huggingface.co/datasets/lmms-lab/M4-Instruct-Data and
huggingface.co/datasets/lmms-lab/LLaVA-NeXT-Interleave-Bench; the families as its evaluation groups
them (LLaVA-NeXT, llava/eval/evaluate_interleave.py) and the paper's Table 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...records.rows import Question, Sample
from ..images import Folder, preset_of
from .annotations import Conversation, Omission, RowError, choice, clean, conversations
from .options import split

DATASETS = {
    "spot-the-difference": ("Spot-the-Diff", "Birds-to-Words", "CLEVR-Change"),
    "image-edit": ("HQ-Edit", "MagicBrush", "IEdit"),
    "visual-story": ("AESOP", "FlintstonesSV", "PororoSV", "VIST"),
    "text-rich-vqa": ("WebQA", "TQA", "OCR-VQA", "DocVQA"),
    "multi-image-vqa": (
        *("MIT-States_StateCoherence", "MIT-States_PropertyCoherence"),
        *("RecipeQA_ImageCoherence", "VISION"),
    ),
    "puzzle": ("RAVEN",),
    "perceptual-similarity": ("NIGHTS", "PieAPP"),
}
AXES = {"NIGHTS": "nights", "PieAPP": "pieapp"}


def samples(source: Path, name: str, omitted: list[Omission]) -> list[Sample]:
    """The training conversations of a family, named `<family>-<place among its rows>`."""
    read = _of(source / "m4_instruct_annotations.json", source, name, omitted)
    return [Sample(f"{name}-{place}", name, row.images, row.turns) for place, _, _, row in read]


def questions(source: Path, name: str, omitted: list[Omission]) -> list[Question]:
    """The test questions of a family, one a row, named `<family>-<place among its rows>`. The
    options are those of choice_list, else those that the question lists; without any it is open."""
    made: list[Question] = []
    path = source / "m4_instruct_test.json"
    if not path.exists():
        path = source / "multi_image_in_domain.json"
    for place, number, row, read in _of(path, source, name, omitted):
        try:
            made.append(_question(f"{name}-{place}", name, row, read))
        except RowError as error:
            omitted.append(Omission(str(path), number, str(error)))
    return made


def _of(
    path: Path, source: Path, name: str, omitted: list[Omission]
) -> Iterator[tuple[int, int, dict[str, Any], Conversation]]:
    folder = Folder(source / "images", preset_of(source))
    wanted = DATASETS[name]
    return conversations(path, folder, omitted, lambda row: _dataset(row) in wanted)


def _dataset(row: dict[str, Any]) -> str:
    metadata = row.get("metadata")
    dataset = metadata.get("dataset") if isinstance(metadata, dict) else None
    if not isinstance(dataset, str):
        raise RowError("its metadata names no data set")
    return dataset


def _question(index: str, name: str, row: dict[str, Any], read: Conversation) -> Question:
    if len(read.turns) > 1:
        raise RowError("asks more than one question")
    (turn,) = read.turns
    text, listed = split(turn.prompt)
    options = _choices(row) or listed
    axis = AXES.get(_dataset(row), "")
    if not options:
        told = turn.reply
        return Question(index, "families", name, axis, read.images, text, (), told, "prose")
    answer = choice(turn.reply, options)
    return Question(index, "families", name, axis, read.images, text, options, answer, "choice")


def _choices(row: dict[str, Any]) -> tuple[str, ...]:
    """The row's choice_list; empty where it has none."""
    listed = row.get("choice_list") or []
    if not isinstance(listed, list) or not all(isinstance(option, str) for option in listed):
        raise RowError("its choice_list is no list of texts")
    return tuple(clean(option).strip() for option in listed)
