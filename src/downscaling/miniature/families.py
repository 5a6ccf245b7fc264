"""The families of one image of the paper's Table 1 in small, and the out-of-domain benchmark.

Which kinds of questions each asks, about which scenes. Families of several images: `several`.
"""

from __future__ import annotations

import dataclasses
import math
import random

from . import questions
from .about_pictures import UNANSWERABLE
from .items import Example, Item
from .knowledge import RELATIONS
from .world import Scene, scene, spoil

BOX = 4  # pixels a step of a box's coordinates

SINGLE: dict[str, tuple[tuple[str, ...], int]] = {
    "ocrvqa": (("sign", "digit"), 3),
    "textvqa": (("digit", "larger-digit", "sign"), 2),
    "scienceqa": (("knowledge",), 2),
    "vqav2": (("color", "shape", "size", "count"), 4),
    "gqa": (("relation", "place", "beside", "same-color", "extreme", "at"), 4),
    "vizwiz": (("color", "place", "quality", "missing"), 3),
    "imagenet": (("name",), 1),
    "grounding": (("box",), 2),
}
"""The kinds that each family asks, and how many questions one image bundles in training."""

AXES: tuple[tuple[str, str, str], ...] = (
    ("coarse perception", "background", "background"),
    ("coarse perception", "image quality", "quality"),
    ("coarse perception", "object count", "count"),
    ("fine-grained perception", "attribute", "color"),
    ("fine-grained perception", "localization", "at"),
    ("fine-grained perception", "text", "digit"),
    ("instance reasoning", "relation", "relation"),
    ("instance reasoning", "composition", "beside"),
    ("instance reasoning", "attribute pairing", "shape"),
    ("logical reasoning", "shared attribute", "same-color"),
    ("logical reasoning", "counterfactual", "count-without"),
    ("logical reasoning", "ordering", "extreme"),
    ("science & technology", "food", "eat"),
    ("science & technology", "habitat", "live"),
    ("science & technology", "behavior", "fear"),
    ("math", "comparison", "larger-digit"),
    ("math", "addition", "digit-sum"),
    ("math", "filtered counting", "count-size"),
)
"""The out-of-domain benchmark: category, second-level axis, kind."""


def single(family: str, rng: random.Random, split: str, count: int) -> Example:
    """An example of a family of one image, with up to `count` different questions."""
    kinds, _ = SINGLE[family]
    while True:
        world = scene(
            rng,
            split=split,
            count=(1, 1) if family == "imagenet" else (2, 4) if family == "gqa" else (1, 4),
            sign=True if family in ("ocrvqa", "textvqa") else None,
        )
        if family == "vizwiz":
            world = spoil(world, rng)
        items: dict[str, Item] = {}
        for _ in range(4 * count):
            item = family_question(rng.choice(kinds), world, rng)
            if item and family == "vizwiz":
                item = doubtful(item, rng)
            if item and len(items) < count:
                items.setdefault(item.text, item)
        if items:
            return Example((world,), tuple(items.values()))


def family_question(kind: str, world: Scene, rng: random.Random) -> Item | None:
    """A question of one kind, the box kind and the three kinds of knowledge among them."""
    if kind == "box":
        return _box(world, rng)
    if kind in RELATIONS:
        while True:
            item = questions.ask("knowledge", world, rng)
            if item and f" {kind}" in item.text:
                return item
    return questions.ask(kind, world, rng)


def doubtful(item: Item, rng: random.Random) -> Item:
    """A question about a thing with `unanswerable` among its options, in place of a distractor.

    Were it listed only where it is right, its presence would be the answer.
    """
    if item.kind not in ("color", "place") or UNANSWERABLE in item.options:
        return item
    dropped = rng.choice([i for i, option in enumerate(item.options) if option != item.answer])
    options = tuple(
        UNANSWERABLE if i == dropped else option for i, option in enumerate(item.options)
    )
    return dataclasses.replace(item, options=options)


def out_of_domain(kind: str, rng: random.Random) -> Example:
    """A question in its held-out wording about a scene of held-out combinations."""
    while True:
        world = scene(rng, split="test", count=(2, 4), novel=True)
        if kind == "quality":
            world = spoil(world, rng) if rng.random() < 0.75 else world
        item = family_question(kind, world, rng)
        if item:
            return Example((world,), (dataclasses.replace(item, text=item.novel),))


def caption(world: Scene, rng: random.Random) -> str:
    """A short caption, as alignment data has: one or two things and the background."""
    named = rng.sample(world.visible, min(2, len(world.visible)))
    return f"{' and '.join(thing.name for thing in named)} on {world.background} background."


def detailed(world: Scene, rng: random.Random) -> str:
    """A detailed caption, as captioning data has: every thing in reading order, but what nobody
    asked for is often left out (sizes, the sign's digits, the setting)."""
    sizes = rng.random() < 0.5
    parts = [t.text if sizes else t.unsized for t in world.visible]
    if world.sign and rng.random() < 0.6:
        parts.append(world.sign.text)
    if rng.random() < 0.6:
        parts.append(f"{world.background} background.")
    if rng.random() < 0.4:
        parts.append(f"{world.quality} image.")
    return " ".join(parts)


def _box(world: Scene, rng: random.Random) -> Item | None:
    thing = rng.choice(world.things)
    left, top, right, bottom = thing.box
    box = (left // BOX, top // BOX, math.ceil(right / BOX), math.ceil(bottom / BOX))
    return Item(
        "box",
        f"box the {thing.shape}.",
        f"box the {thing.shape}.",
        " ".join(map(str, box)),
        (),
        "",
        f"the place of the {thing.shape}",
        (),
        (thing,),
    )
