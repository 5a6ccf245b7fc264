"""What the miniature knows of its images: a JSON line each, with the scene and what is asked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..records.files import RecordError, replacing
from .questions import Item, Need
from .world import Scene, Sign, Thing


@dataclasses.dataclass(frozen=True)
class Known:
    """An image's scene and the questions about it by their text; their options, steps and held-out
    wording are left away."""

    scene: Scene
    items: dict[str, Item]


def line(image: str, world: Scene, items: Iterable[Item] = ()) -> str:
    """The JSON line of an image. `image` is its path relative to the preset's folder."""
    told = {
        "image": image,
        "scene": {
            "things": [vars(thing) for thing in world.things],
            "sign": world.sign and vars(world.sign),
            "background": world.background,
            "quality": world.quality,
            "covered": world.covered,
            "noise": world.noise,
            "seed": world.seed,
        },
        "items": [
            {
                "kind": item.kind,
                "text": item.text,
                "answer": item.answer,
                "focus": item.focus,
                "statement": item.statement,
                "needs": [vars(need) for need in item.needs],
                "subjects": [thing.cell for thing in item.subjects],
                "sign": item.sign,
                "background": item.background,
            }
            for item in items
        ],
    }
    return json.dumps(told)


def write(path: Path, lines: Iterable[str]) -> None:
    """Write the lines of all images to a file, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text("".join(f"{entry}\n" for entry in lines), "utf-8")


def read(path: Path) -> dict[str, Known]:
    """What is known of each image, by its path. Raises RecordError, naming file and line."""
    known: dict[str, Known] = {}
    try:
        with path.open(encoding="utf-8") as stream:
            for number, entry in enumerate(stream, 1):
                try:
                    told = json.loads(entry)
                    known[told["image"]] = _known(told)
                except (ValueError, LookupError, TypeError) as error:
                    raise RecordError(f"{path}, line {number}: no scene ({error!r})") from None
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror}") from None
    return known


def _known(told: dict[str, Any]) -> Known:
    fields = dict(told["scene"])
    things = tuple(Thing(**thing) for thing in fields.pop("things"))
    drawn, covered = fields.pop("sign"), tuple(fields.pop("covered"))
    sign = None
    if drawn:
        sign = Sign(drawn["cell"], tuple(drawn["digits"]), drawn["half"], tuple(drawn["hands"]))
    at = {thing.cell: thing for thing in things}
    items = {item["text"]: _item(item, at) for item in told["items"]}
    return Known(Scene(things, sign, covered=covered, **fields), items)


def _item(told: dict[str, Any], at: dict[int, Thing]) -> Item:
    return Item(
        kind=told["kind"],
        text=told["text"],
        novel="",
        answer=told["answer"],
        options=(),
        steps="",
        focus=told["focus"],
        needs=tuple(Need(**need) for need in told["needs"]),
        subjects=tuple(at[cell] for cell in told["subjects"]),
        sign=told["sign"],
        background=told["background"],
    )
