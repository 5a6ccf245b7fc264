"""The layouts of training sets: an annotation file in LLaVA's format, and images."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from . import truth
from .families import SINGLE
from .items import Item
from .picture import png
from .sets import Conversation
from .several import SEVERAL
from .world import SIDE, Scene

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
"""The folder of each of CoIN's families."""

TESTED_ON_VAL = ("textvqa", "vizwiz", "vqav2")
"""Families that CoIN tests on val.json; the others on test.json."""

DATASETS = {
    "spot-the-difference": "CLEVR-Change",
    "image-edit": "MagicBrush",
    "visual-story": "PororoSV",
    "text-rich-vqa": "WebQA",
    "multi-image-vqa": "VISION",
    "puzzle": "RAVEN",
    "nights": "NIGHTS",
    "pieapp": "PieAPP",
}
"""The published data set that rows of M4-Instruct name, by family or, of perceptual similarity, by
axis."""

INSTRUCTIONS = {
    "spot-the-difference": "compare the images.",
    "image-edit": "name the edit.",
    "visual-story": "follow the story.",
    "text-rich-vqa": "read the images.",
    "multi-image-vqa": "look at all images.",
    "puzzle": "find the rule.",
    "perceptual-similarity": "find the image that looks alike.",
}


class Album:
    """The images of a data set, as they are drawn, and what is known of each.

    Attributes:
        folder: where they are written; the annotations lie beside them.
        truth: a line of JSON for each.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """name: the data set's folder as records name it."""
        self.folder, self._name = folder, name
        self.truth: list[str] = []

    def add(self, image: str, world: Scene, items: Sequence[Item] = ()) -> None:
        """Draw the image of a scene. items: what the truth tells of the questions about it."""
        path = self.folder / image
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(world))
        self.truth.append(truth.line(f"{self._name}/{image}", world, items))


Drawn = Callable[[str, str], list[Conversation]]
"""The conversations of a set or family, by its name and split, train or test."""


def coin(album: Album, drawn: Drawn) -> None:
    """<Task>/train.json with conversations, <Task>/test.json or val.json with questions, and
    images; a text-only row has no image key."""
    for family in SINGLE:
        folder = album.folder / TASKS[family]
        training = [
            _pictured(album, family, "train", number, conversation)
            | {"conversations": _turns(conversation)}
            for number, conversation in enumerate(drawn(family, "train"))
        ]
        _write_json(folder / "train.json", training)
        tests = [
            {"question_id": str(number)}
            | _pictured(album, family, "test", number, conversation)
            | _question(conversation, family == "grounding")
            for number, conversation in enumerate(drawn(family, "test"))
        ]
        _write_json(folder / ("val.json" if family in TESTED_ON_VAL else "test.json"), tests)


def _pictured(
    album: Album, family: str, split: str, number: int, conversation: Conversation
) -> dict[str, str]:
    """Draw the image of a row of CoIN; what the row says of it: nothing where it is text alone."""
    row = {}
    for world in conversation.scenes:
        row["image"] = f"{TASKS[family]}/{split}/{number:06d}.png"
        album.add(f"images/{row['image']}", world, conversation.items)
    return row


def _question(conversation: Conversation, is_box: bool) -> dict[str, Any]:
    """What a test row of CoIN asks."""
    (turn,) = conversation.turns
    if not is_box:
        return {"text": turn.prompt, "answer": turn.reply}
    return {"text": turn.prompt, "answer_bbox": turn.reply, "size": [SIDE, SIDE]}


def m4(album: Album, drawn: Drawn) -> None:
    """One annotation file for all families, and images."""
    for split, file in (
        ("train", "m4_instruct_annotations.json"),
        ("test", "m4_instruct_test.json"),
    ):
        rows: list[dict[str, Any]] = []
        for family in SEVERAL:
            conversations = drawn(family, split)
            for number, conversation in enumerate(conversations):
                images = []
                for place, world in enumerate(conversation.scenes):
                    images.append(f"{family}/{split}/{number:06d}-{place}.png")
                    album.add(f"images/{images[-1]}", world)
                (item,), (turn,) = conversation.items, conversation.turns
                choices = list(item.options) if turn.prompt != item.text else []
                metadata = {
                    "dataset": DATASETS[conversation.axis or family],
                    "split": split,
                    "num_sample": len(conversations),
                    "task_instruction": INSTRUCTIONS[family],
                    "question_type": "multi-choice" if choices else "open-ended",
                }
                rows.append(
                    {
                        "sample_id": len(rows),
                        "conversations": _turns(conversation),
                        "image": images,
                        "choice_list": choices,
                        "metadata": metadata,
                    }
                )
        _write_json(album.folder / file, rows)


def blip558k(album: Album, drawn: Drawn) -> None:
    """One annotation file, and images in folders by the first digits of their names."""
    rows = []
    for number, conversation in enumerate(drawn("blip558k", "train")):
        name = f"{number:09d}"
        image = f"{name[:5]}/{name}.png"
        album.add(f"images/{image}", conversation.scenes[0])
        rows.append({"id": name, "image": image, "conversations": _turns(conversation)})
    _write_json(album.folder / "blip_laion_cc_sbu_558k.json", rows)


def allava(album: Album, drawn: Drawn) -> None:
    """One annotation file, and images."""
    rows = []
    for number, conversation in enumerate(drawn("allava", "train")):
        image = f"allava_laion/images/{number}.png"
        album.add(image, conversation.scenes[0])
        row = {"id": f"allava_laion_{number}", "image": image}
        rows.append(
            row | {"conversations": _turns(conversation), "original_caption": "", "url": ""}
        )
    _write_json(album.folder / "ALLaVA-Caption-LAION-4V.json", rows)


LAYOUTS = {"coin": coin, "m4": m4, "blip558k": blip558k, "allava": allava}


def _turns(conversation: Conversation) -> list[dict[str, str]]:
    """The turns as LLaVA lays them, the image places before the first."""
    images = len(conversation.scenes)
    places = "<image>" * images + "\n" if images else ""
    return [
        {"from": speaker, "value": (places if speaker == "human" and not i else "") + value}
        for i, turn in enumerate(conversation.turns)
        for speaker, value in (("human", turn.prompt), ("gpt", turn.reply))
    ]


def _write_json(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """A JSON array with a row a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", "utf-8")
