"""What the miniature knows of its images: a JSON line each, with the scene and what is asked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import disk_error
from ..records.files import RecordError, replacing
from .items import Item
from .needs import Need
from .world import Scene, Sign, Thing


@dataclasses.dataclass(frozen=True)
class Known:
    """An image's scene and the questions about it by their text; their options, steps and held-out
    wording are left away."""

    scene: Scene
    items: dict[str, Item]


def line(image: str, world: Scene, items: Iterable[Item] = ()) -> str:
    """The JSON line of an image. `image` is its path relative to the preset's folder."""
    known = {
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
    return json.dumps(known)


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
                    values = json.loads(entry)
                    known[values["image"]] = _known(values)
                except (ValueError, LookupError, TypeError) as error:
                    raise RecordError(f"{path}, line {number}: no scene ({error!r})") from None
    except OSError as error:
        raise disk_error(error, path) or RecordError(f"{path}: {error.strerror}") from None
    return known


def _known(values: dict[str, Any]) -> Known:
    fields = dict(values["scene"])
    things = tuple(Thing(**thing) for thing in fields.pop("things"))
    plate, covered = fields.pop("sign"), tuple(fields.pop("covered"))
    sign = None
    if plate:
        sign = Sign(plate["cell"], tuple(plate["digits"]), plate["half"], tuple(plate["hands"]))
    at = {thing.cell: thing for thing in things}
    items = {item["text"]: _item(item, at) for item in values["items"]}
    return Known(Scene(things, sign, covered=covered, **fields), items)


def _item(values: dict[str, Any], at: dict[int, Thing]) -> Item:
    return Item(
        kind=values["kind"],
        text=values["text"],
        novel="",
        answer=values["answer"],
        options=(),
        steps="",
        focus=values["focus"],
        needs=tuple(Need(**need) for need in values["needs"]),
        subjects=tuple(at[cell] for cell in values["subjects"]),
        sign=values["sign"],
        background=values["background"],
    )
