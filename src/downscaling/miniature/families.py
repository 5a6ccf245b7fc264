"""The families of the paper's Table 1 in small: which scenes and questions each one draws.

An `Example` is a few scenes and the questions asked about them. Families of one image ask the kinds
of `questions`; families of several images have their own questions here.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable

from .questions import DIGITS, KINDS, RELATIONS, UNANSWERABLE, Item, another, choose, crossed
from .world import CELL, COLORS, SHAPES, SIZES, Scene, Thing, held_out, scene, spoil

WORDS = [
    "which", "object", "is", "new", "in", "the", "second", "image?", "which", "object", "is",
    "gone", "in", "the", "second", "image?", "which", "edit", "was", "made?", "add", "remove",
    "paint", "what", "happens?", "moves", "left", "right", "up", "down", "what", "does", "the",
    "sign", "in", "the", "first", "image", "say?", "which", "image", "has", "the", "ring?", "first",
    "second", "third", "what", "color", "is", "the", "ring", "in", "the", "second", "image?",
    "what", "comes", "last?", "which", "image", "is", "more", "like", "the", "first?", "box", "the",
    "ring.", "and", "on", "background.",
]  # fmt: skip
BOX = 4  # pixels a step of a box's coordinates


@dataclasses.dataclass(frozen=True)
class Example:
    """One conversation's material: the scenes shown and the items asked, in order."""

    scenes: tuple[Scene, ...]
    items: tuple[Item, ...]
    axis: str = ""


# One image: the kinds a family asks and how many questions one image bundles in training.
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

# The out-of-domain benchmark: category, second-level axis, kind.
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


def single(family: str, rng: random.Random, split: str, questions: int) -> Example:
    """An example of a family of one image, with up to `questions` different questions."""
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
        for _ in range(4 * questions):
            item = ask(rng.choice(kinds), world, rng)
            if item and family == "vizwiz":
                item = doubtful(item, rng)
            if item and len(items) < questions:
                items.setdefault(item.text, item)
        if items:
            return Example((world,), tuple(items.values()))


def ask(kind: str, world: Scene, rng: random.Random) -> Item | None:
    """A question of one kind, the box kind and the three kinds of knowledge among them."""
    if kind == "box":
        return _box(world, rng)
    if kind in RELATIONS:
        while True:
            item = KINDS["knowledge"](world, rng)
            if item and f" {kind}" in item.text:
                return item
    return KINDS[kind](world, rng)


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
        item = ask(kind, world, rng)
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


def _item(text: str, answer: str, options: tuple[str, ...]) -> Item:
    return Item("several", text, text, answer, options, "", "", ())


def _redrawn(thing: Thing, rng: random.Random, **change: object) -> Thing:
    """A thing with some of its properties changed; the offset follows a changed size or cell."""
    changed = dataclasses.replace(thing, **change)  # type: ignore[arg-type]
    room = CELL - SIZES[changed.size]
    return dataclasses.replace(changed, dx=rng.randint(0, room), dy=rng.randint(0, room))


def _with(world: Scene, things: list[Thing], rng: random.Random) -> Scene | None:
    """The scene with other things, drawn anew; None where training holds a combination out."""
    if any(held_out(t.color, t.shape, t.cell) for t in things):
        return None
    ordered = tuple(sorted(things, key=lambda t: t.cell))
    return dataclasses.replace(world, things=ordered, seed=rng.getrandbits(30))


def spot_the_difference(rng: random.Random, split: str) -> Example:
    """Two images; one thing has become another: what is new, or what is gone?"""
    while True:
        world = scene(rng, split=split, count=(2, 4))
        old = rng.choice(world.things)
        shapes = [s for s in SHAPES if s not in {t.shape for t in world.things}]
        new = (
            _redrawn(old, rng, color=rng.choice([c for c in COLORS if c != old.color]))
            if rng.random() < 0.5
            else _redrawn(old, rng, shape=rng.choice(shapes))
        )
        second = _with(world, [new if t is old else t for t in world.things], rng)
        if not second:
            continue
        text, answer = rng.choice(
            (
                ("which object is new in the second image?", new.name),
                ("which object is gone in the second image?", old.name),
            )
        )
        likely = [t.name for t in (*world.things, new)]
        return Example(
            (world, second), (_item(text, answer, choose(rng, answer, _names(rng), likely)),)
        )


def image_edit(rng: random.Random, split: str) -> Example:
    """Two images; which edit leads from the first to the second?"""
    while True:
        world = scene(rng, split=split, count=(2, 3), sign=False)
        things, edit = list(world.things), rng.choice(("add", "remove", "paint"))
        target = rng.choice(things)
        absent = [s for s in SHAPES if s not in {t.shape for t in things}]
        if edit == "add":
            free = [c for c in range(9) if c not in {t.cell for t in things}]
            target = _redrawn(
                target,
                rng,
                shape=rng.choice(absent),
                color=rng.choice(list(COLORS)),
                cell=rng.choice(free),
            )
            things.append(target)
            answer = f"add {target.name}"
        elif edit == "remove":
            things.remove(target)
            answer = f"remove {target.name}"
        else:
            painted = _redrawn(
                target, rng, color=rng.choice([c for c in COLORS if c != target.color])
            )
            things[things.index(target)] = painted
            answer = f"paint {target.shape} {painted.color}"
        second = _with(world, things, rng)
        if not second:
            continue
        other = rng.choice(list(COLORS))
        pool = [
            f"add {other}-{rng.choice(absent)}",
            f"remove {rng.choice(world.things).name}",
            f"paint {rng.choice(world.things).shape} {other}",
            f"add {rng.choice(list(COLORS))}-{rng.choice(absent)}",
            f"remove {other}-{rng.choice(absent)}",
        ]
        return Example(
            (world, second), (_item("which edit was made?", answer, choose(rng, answer, pool)),)
        )


def visual_story(rng: random.Random, split: str) -> Example:
    """Three images; one thing walks across the grid: who moves, and which way?"""
    steps = {"right": 1, "left": -1, "down": 3, "up": -3}
    while True:
        word = rng.choice(list(steps))
        line = rng.randrange(3)
        across = (
            [line * 3 + i for i in range(3)]
            if word in ("left", "right")
            else [line + 3 * i for i in range(3)]
        )
        cells = across if steps[word] > 0 else across[::-1]
        world = scene(rng, split=split, count=(1, 3), sign=False)
        mover, *others = rng.sample(world.things, len(world.things))
        if any(t.cell in cells for t in others):
            continue
        frames = [_with(world, [*others, _redrawn(mover, rng, cell=cell)], rng) for cell in cells]
        if not all(frames):
            continue
        answer = f"{mover.shape} moves {word}"
        pool = [f"{mover.shape} moves {way}" for way in steps]
        return Example(
            tuple(frame for frame in frames if frame),
            (_item("what happens?", answer, choose(rng, answer, pool)),),
        )


def text_rich(rng: random.Random, split: str) -> Example:
    """Two images, each with a sign: what does one of them say?"""
    worlds = tuple(scene(rng, split=split, count=(1, 3), sign=True) for _ in range(2))
    digits = [tuple(map(str, world.sign.digits)) for world in worlds if world.sign]
    index, word = rng.choice(((0, "first"), (1, "second")))
    a, b = digits[index]
    # The other sign's digits are the distractors, where they differ.
    c, d = (
        theirs if theirs != ours else another(rng, DIGITS, ours)
        for ours, theirs in zip(digits[index], digits[1 - index], strict=True)
    )
    text = f"what does the sign in the {word} image say?"
    return Example(worlds, (_item(text, f"{a} {b}", crossed(rng, (a, b), (c, d), " ")),))


def multi_image_vqa(rng: random.Random, split: str) -> Example:
    """Two images: which one has a thing, or a thing's colour in one of them."""
    while True:
        worlds = tuple(scene(rng, split=split) for _ in range(2))
        index, word = rng.choice(((0, "first"), (1, "second")))
        thing = rng.choice(worlds[index].things)
        if rng.random() < 0.5:
            if thing.shape in {t.shape for t in worlds[1 - index].things}:
                continue
            item = _item(
                f"which image has the {thing.shape}?", word, choose(rng, word, ("first", "second"))
            )
        else:
            likely = [t.color for world in worlds for t in world.things]
            item = _item(
                f"what color is the {thing.shape} in the {word} image?",
                thing.color,
                choose(rng, thing.color, COLORS, likely),
            )
        return Example(worlds, (item,))


def puzzle(rng: random.Random, split: str) -> Example:
    """Three images, each a row of a matrix: a row shares its shape, a column its colour. The last
    thing of the last row is missing: what comes there?"""
    while True:
        shapes, colors = rng.sample(SHAPES, 3), rng.sample(list(COLORS), 3)
        size, background = rng.choice(list(SIZES)), scene(rng, split=split, sign=False)
        frames = []
        for row, shape in enumerate(shapes):
            cells = range(3, 5) if row == 2 else range(3, 6)
            things = [
                _redrawn(
                    background.things[0], rng, shape=shape, color=colors[c - 3], size=size, cell=c
                )
                for c in cells
            ]
            frames.append(_with(background, things, rng))
        if not all(frames):
            continue
        options = crossed(
            rng, (colors[2], shapes[2]), (rng.choice(colors[:2]), rng.choice(shapes[:2])), "-"
        )
        return Example(
            tuple(frame for frame in frames if frame),
            (_item("what comes last?", f"{colors[2]}-{shapes[2]}", options),),
        )


def perceptual_similarity(rng: random.Random, split: str, axis: str = "") -> Example:
    """A reference and two candidates: natural variations (as NIGHTS: few against many properties
    changed) or distortions (as PieAPP: little against much pixel noise)."""
    axis = axis or rng.choice(("nights", "pieapp"))
    while True:
        world = scene(rng, split=split, count=(1, 3), sign=False)
        if axis == "pieapp":
            near = dataclasses.replace(world, noise=rng.uniform(8, 16), seed=world.seed + 1)
            far = dataclasses.replace(world, noise=rng.uniform(40, 70), seed=world.seed + 2)
        else:
            near_, far_ = _varied(world, rng, 1), _varied(world, rng, 4)
            if not near_ or not far_:
                continue
            near, far = near_, far_
        swap = rng.random() < 0.5
        answer = "third" if swap else "second"
        item = _item("which image is more like the first?", answer, ("second", "third"))
        return Example((world, *((far, near) if swap else (near, far))), (item,), axis)


SEVERAL: dict[str, Callable[..., Example]] = {
    "spot-the-difference": spot_the_difference,
    "image-edit": image_edit,
    "visual-story": visual_story,
    "text-rich-vqa": text_rich,
    "multi-image-vqa": multi_image_vqa,
    "puzzle": puzzle,
    "perceptual-similarity": perceptual_similarity,
}


def _varied(world: Scene, rng: random.Random, changes: int) -> Scene | None:
    """The scene with some properties of its first thing changed."""
    thing = world.things[0]
    taken = {t.cell for t in world.things}
    fresh: dict[str, object] = {
        "shape": rng.choice([s for s in SHAPES if s not in {t.shape for t in world.things}]),
        "color": rng.choice([c for c in COLORS if c != thing.color]),
        "size": "small" if thing.size == "large" else "large",
        "cell": rng.choice([c for c in range(9) if c not in taken]),
    }
    picked = {name: fresh[name] for name in rng.sample(list(fresh), changes)}
    return _with(world, [_redrawn(thing, rng, **picked), *world.things[1:]], rng)


def _names(rng: random.Random) -> list[str]:
    return [f"{rng.choice(list(COLORS))}-{rng.choice(SHAPES)}" for _ in range(6)]
