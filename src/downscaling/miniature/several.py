"""The families of several images of the paper's Table 1 in small, each with its own questions."""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec

from .about_signs import DIGITS
from .items import Example, Item
from .options import another, choose, crossed
from .world import CELL, COLORS, SHAPES, SIZES, Scene, Thing, held_out, scene

ORDINALS = ("first", "second", "third")
_STEPS = {"right": 1, "left": -1, "down": 3, "up": -3}  # of a thing's cell
P = ParamSpec("P")


def until_it_fits(
    draw: Callable[Concatenate[random.Random, P], Example | None],
) -> Callable[Concatenate[random.Random, P], Example]:
    """Draw again until there is an example: some scenes do not allow the question, or would show
    what training holds out."""

    @functools.wraps(draw)
    def drawn(rng: random.Random, /, *args: P.args, **kwargs: P.kwargs) -> Example:
        while (example := draw(rng, *args, **kwargs)) is None:
            pass
        return example

    return drawn


@until_it_fits
def spot_the_difference(rng: random.Random, split: str) -> Example | None:
    """Two images; one thing has become another: what is new, or what is gone?"""
    world = scene(rng, split=split, count=(2, 4))
    old = rng.choice(world.things)
    if rng.random() < 0.5:
        new = _redrawn(old, rng, color=another(rng, COLORS, old.color))
    else:
        new = _redrawn(old, rng, shape=another(rng, SHAPES, *_shapes(world)))
    second = _with(world, [new if thing is old else thing for thing in world.things], rng)
    if not second:
        return None
    word, answer = rng.choice((("new", new.name), ("gone", old.name)))
    likely = [thing.name for thing in (*world.things, new)]
    names = [f"{rng.choice(list(COLORS))}-{rng.choice(SHAPES)}" for _ in range(6)]
    text = f"which object is {word} in the second image?"
    return _example((world, second), text, answer, choose(rng, answer, names, likely))


@until_it_fits
def image_edit(rng: random.Random, split: str) -> Example | None:
    """Two images; which edit leads from the first to the second?"""
    world = scene(rng, split=split, count=(2, 3), sign=False)
    things, edit = list(world.things), rng.choice(("add", "remove", "paint"))
    target = rng.choice(things)
    absent = [shape for shape in SHAPES if shape not in _shapes(world)]
    if edit == "add":
        free = [cell for cell in range(9) if cell not in {thing.cell for thing in things}]
        shape, color, cell = rng.choice(absent), rng.choice(list(COLORS)), rng.choice(free)
        target = _redrawn(target, rng, shape=shape, color=color, cell=cell)
        things.append(target)
        answer = f"add {target.name}"
    elif edit == "remove":
        things.remove(target)
        answer = f"remove {target.name}"
    else:
        painted = _redrawn(target, rng, color=another(rng, COLORS, target.color))
        things[things.index(target)] = painted
        answer = f"paint {target.shape} {painted.color}"
    second = _with(world, things, rng)
    if not second:
        return None
    other = rng.choice(list(COLORS))
    pool = [
        f"add {other}-{rng.choice(absent)}",
        f"remove {rng.choice(world.things).name}",
        f"paint {rng.choice(world.things).shape} {other}",
        f"add {rng.choice(list(COLORS))}-{rng.choice(absent)}",
        f"remove {other}-{rng.choice(absent)}",
    ]
    options = choose(rng, answer, pool)
    return _example((world, second), "which edit was made?", answer, options)


@until_it_fits
def visual_story(rng: random.Random, split: str) -> Example | None:
    """Three images; one thing walks across the grid: who moves, and which way?"""
    way, line = rng.choice(list(_STEPS)), rng.randrange(3)
    start, step = (line * 3, 1) if way in ("left", "right") else (line, 3)
    across = [start + step * place for place in range(3)]
    cells = across if _STEPS[way] > 0 else across[::-1]
    world = scene(rng, split=split, count=(1, 3), sign=False)
    mover, *others = rng.sample(world.things, len(world.things))
    if any(thing.cell in cells for thing in others):
        return None
    frames = [_with(world, [*others, _redrawn(mover, rng, cell=cell)], rng) for cell in cells]
    if not all(frames):
        return None
    answer = f"{mover.shape} moves {way}"
    options = choose(rng, answer, [f"{mover.shape} moves {way}" for way in _STEPS])
    return _example(filter(None, frames), "what happens?", answer, options)


def text_rich(rng: random.Random, split: str) -> Example:
    """Two images, each with a sign: what does one of them say?"""
    worlds = tuple(scene(rng, split=split, count=(1, 3), sign=True) for _ in range(2))
    digits = [tuple(map(str, world.sign.digits)) for world in worlds if world.sign]
    index = rng.choice((0, 1))
    a, b = digits[index]
    # The other sign's digits are the distractors, where they differ.
    c, d = (
        theirs if theirs != ours else another(rng, DIGITS, ours)
        for ours, theirs in zip(digits[index], digits[1 - index], strict=True)
    )
    text = f"what does the sign in the {ORDINALS[index]} image say?"
    return _example(worlds, text, f"{a} {b}", crossed(rng, (a, b), (c, d), " "))


@until_it_fits
def multi_image_vqa(rng: random.Random, split: str) -> Example | None:
    """Two images: which one has a thing, or a thing's colour in one of them."""
    worlds = tuple(scene(rng, split=split) for _ in range(2))
    index = rng.choice((0, 1))
    thing, ordinal = rng.choice(worlds[index].things), ORDINALS[index]
    if rng.random() < 0.5:
        if thing.shape in _shapes(worlds[1 - index]):
            return None
        options = choose(rng, ordinal, ORDINALS[:2])
        return _example(worlds, f"which image has the {thing.shape}?", ordinal, options)
    likely = [other.color for world in worlds for other in world.things]
    options = choose(rng, thing.color, COLORS, likely)
    text = f"what color is the {thing.shape} in the {ordinal} image?"
    return _example(worlds, text, thing.color, options)


@until_it_fits
def puzzle(rng: random.Random, split: str) -> Example | None:
    """Three images, each a row of a matrix: a row shares its shape, a column its colour. The last
    thing of the last row is missing: what comes there?"""
    shapes, colors = rng.sample(SHAPES, 3), rng.sample(list(COLORS), 3)
    size, world = rng.choice(list(SIZES)), scene(rng, split=split, sign=False)
    first, frames = world.things[0], []
    for shape in shapes:
        columns = range(2) if shape == shapes[-1] else range(3)
        things = [
            _redrawn(first, rng, shape=shape, color=colors[column], size=size, cell=3 + column)
            for column in columns
        ]
        frames.append(_with(world, things, rng))
    if not all(frames):
        return None
    other = rng.choice(colors[:2]), rng.choice(shapes[:2])
    options = crossed(rng, (colors[2], shapes[2]), other, "-")
    answer = f"{colors[2]}-{shapes[2]}"
    return _example(filter(None, frames), "what comes last?", answer, options)


def perceptual_similarity(rng: random.Random, split: str, axis: str = "") -> Example:
    """A reference and two candidates: natural variations (as NIGHTS: few against many properties
    changed) or distortions (as PieAPP: little against much pixel noise)."""
    return _compared(rng, split, axis or rng.choice(("nights", "pieapp")))


@until_it_fits
def _compared(rng: random.Random, split: str, axis: str) -> Example | None:
    world = scene(rng, split=split, count=(1, 3), sign=False)
    near: Scene | None
    far: Scene | None
    if axis == "pieapp":
        near = dataclasses.replace(world, noise=rng.uniform(8, 16), seed=world.seed + 1)
        far = dataclasses.replace(world, noise=rng.uniform(40, 70), seed=world.seed + 2)
    else:
        near, far = _varied(world, rng, 1), _varied(world, rng, 4)
    if not near or not far:
        return None
    is_third = rng.random() < 0.5
    worlds = (world, far, near) if is_third else (world, near, far)
    text, answer = "which image is more like the first?", ORDINALS[1 + is_third]
    return _example(worlds, text, answer, ORDINALS[1:], axis)


SEVERAL: dict[str, Callable[..., Example]] = {
    "spot-the-difference": spot_the_difference,
    "image-edit": image_edit,
    "visual-story": visual_story,
    "text-rich-vqa": text_rich,
    "multi-image-vqa": multi_image_vqa,
    "puzzle": puzzle,
    "perceptual-similarity": perceptual_similarity,
}


def _example(
    worlds: Iterable[Scene], text: str, answer: str, options: tuple[str, ...], axis: str = ""
) -> Example:
    return Example(tuple(worlds), (Item("several", text, text, answer, options, "", "", ()),), axis)


def _shapes(world: Scene) -> set[str]:
    return {thing.shape for thing in world.things}


def _redrawn(thing: Thing, rng: random.Random, **change: object) -> Thing:
    """A thing with some of its properties changed; the offset follows a changed size or cell."""
    changed = dataclasses.replace(thing, **change)  # type: ignore[arg-type]
    room = CELL - SIZES[changed.size]
    return dataclasses.replace(changed, dx=rng.randint(0, room), dy=rng.randint(0, room))


def _with(world: Scene, things: list[Thing], rng: random.Random) -> Scene | None:
    """The scene with other things, drawn anew; None where training holds a combination out."""
    if any(held_out(thing.color, thing.shape, thing.cell) for thing in things):
        return None
    ordered = tuple(sorted(things, key=lambda thing: thing.cell))
    return dataclasses.replace(world, things=ordered, seed=rng.getrandbits(30))


def _varied(world: Scene, rng: random.Random, changes: int) -> Scene | None:
    """The scene with some properties of its first thing changed."""
    thing, taken = world.things[0], {other.cell for other in world.things}
    fresh: dict[str, object] = {
        "shape": another(rng, SHAPES, *_shapes(world)),
        "color": another(rng, COLORS, thing.color),
        "size": "small" if thing.size == "large" else "large",
        "cell": rng.choice([cell for cell in range(9) if cell not in taken]),
    }
    changed = {name: fresh[name] for name in rng.sample(list(fresh), changes)}
    return _with(world, [_redrawn(thing, rng, **changed), *world.things[1:]], rng)
