"""Draws about the things of a scene: one of them, how many there are, how two stand together."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

from . import needs
from .drawn import Draw, Drawn
from .needs import Need
from .options import another, choose, crossed
from .world import COLORS, SHAPES, Scene, Thing

COUNTS = "012345"
SIDES = {"left of": (0, -1), "right of": (0, 1), "above": (-1, 0), "below": (1, 0)}
"""Rows down and columns right."""


def visible(world: Scene) -> Sequence[Thing]:
    """The things that no patch hides."""
    return world.visible


def of_its_own_color(world: Scene) -> Sequence[Thing]:
    """The visible things whose colour no other one has."""
    colors = [thing.color for thing in world.visible]
    return [thing for thing in world.visible if colors.count(thing.color) == 1]


def one_thing(
    asked: str,
    pool: Iterable[str],
    need: Callable[[Thing], Need],
    candidates: Callable[[Scene], Sequence[Thing]] = visible,
    likely: bool = True,
) -> Draw:
    """What a thing's property is, which `asked` names.

    likely: the same property of the scene's other things makes likely distractors.
    """

    def draw(world: Scene, rng: random.Random) -> Drawn | None:
        things = candidates(world)
        if not things:
            return None
        thing = rng.choice(things)
        answer = getattr(thing, asked)
        others = [getattr(other, asked) for other in world.things] if likely else []
        options = choose(rng, answer, pool, others)
        return Drawn(answer, options, (need(thing),), (thing,), {"a": thing})

    return draw


def only_thing(world: Scene, rng: random.Random) -> Drawn | None:
    """What the only thing is called."""
    if len(world.visible) != 1:
        return None
    (thing,) = world.visible
    other = another(rng, COLORS, thing.color), another(rng, SHAPES, thing.shape)
    options = crossed(rng, (thing.color, thing.shape), other, "-")
    return Drawn(thing.name, options, (needs.named(thing),), (thing,))


def extreme(world: Scene, rng: random.Random) -> Drawn | None:
    """Which thing alone stands farthest to a side."""
    sides: tuple[tuple[str, Callable[[Thing], int]], ...] = (
        ("lowest", lambda thing: -(thing.cell // 3)),
        ("highest", lambda thing: thing.cell // 3),
        ("leftmost", lambda thing: thing.cell % 3),
        ("rightmost", lambda thing: -(thing.cell % 3)),
    )
    side, distance = rng.choice(sides)
    ordered = sorted(world.visible, key=distance)
    if len(ordered) < 2 or distance(ordered[0]) == distance(ordered[1]):
        return None
    thing = ordered[0]
    options = choose(rng, thing.shape, SHAPES, [other.shape for other in world.things])
    places = tuple(map(needs.placed, world.visible))
    return Drawn(thing.shape, options, places, (thing,), {"a": thing, "side": side})


def _counted(
    world: Scene,
    rng: random.Random,
    counted: Sequence[Thing],
    need: Callable[[Thing], Need],
    **fields: object,
) -> Drawn:
    total = str(len(counted))
    listed = " ".join(f"{thing.shape} {number}." for number, thing in enumerate(counted, 1))
    options = choose(rng, total, COUNTS)
    facts = tuple(map(need, world.visible))
    return Drawn(total, options, facts, world.visible, {"listed": listed, **fields})


def count(world: Scene, rng: random.Random) -> Drawn | None:
    """How many things there are."""
    return _counted(world, rng, world.visible, needs.named) if world.visible else None


def count_size(world: Scene, rng: random.Random) -> Drawn | None:
    """How many things have a size; at least one has."""
    size = rng.choice(("small", "large"))
    counted = [thing for thing in world.visible if thing.size == size]
    return _counted(world, rng, counted, needs.sized, size=size) if counted else None


def count_without(world: Scene, rng: random.Random) -> Drawn | None:
    """How many things there are beside one."""
    if len(world.visible) < 2:
        return None
    thing = rng.choice(world.visible)
    rest = [other for other in world.visible if other is not thing]
    return _counted(world, rng, rest, needs.named, a=thing)


def relation(world: Scene, rng: random.Random) -> Drawn | None:
    """On which side of a thing another one of its row or column is."""
    in_line = [
        (a, b)
        for a in world.visible
        for b in world.visible
        if a is not b and (a.cell // 3 == b.cell // 3 or a.cell % 3 == b.cell % 3)
    ]
    if not in_line:
        return None
    a, b = rng.choice(in_line)
    sides = ("left", "right") if a.cell // 3 == b.cell // 3 else ("above", "below")
    answer = sides[a.cell > b.cell]
    options = choose(rng, answer, ("left", "right", "above", "below"))
    return Drawn(answer, options, (needs.placed(a), needs.placed(b)), (a, b), {"a": a, "b": b})


def beside(world: Scene, rng: random.Random) -> Drawn | None:
    """Two steps: find the thing beside another, then its colour."""
    neighbours: list[tuple[Thing, str, Thing]] = []
    for a in world.visible:
        for side, (down, right) in SIDES.items():
            row, column = a.cell // 3 + down, a.cell % 3 + right
            if 0 <= row < 3 and 0 <= column < 3:
                neighbours += [(a, side, b) for b in world.visible if b.cell == row * 3 + column]
    if not neighbours:
        return None
    a, side, b = rng.choice(neighbours)
    options = choose(rng, b.color, COLORS, [thing.color for thing in world.things])
    facts = (needs.placed(a), needs.placed(b), needs.named(b))
    return Drawn(b.color, options, facts, (a, b), {"a": a, "b": b, "side": side})


def same_color(world: Scene, rng: random.Random) -> Drawn | None:
    """Two steps: the colour of one thing, then the only other thing that has it."""
    colors = [thing.color for thing in world.visible]
    alike = [
        (a, b)
        for a in world.visible
        for b in world.visible
        if a is not b and a.color == b.color and colors.count(a.color) == 2
    ]
    if not alike:
        return None
    a, b = rng.choice(alike)
    pool = [shape for shape in SHAPES if shape != a.shape]
    options = choose(rng, b.shape, pool, [t.shape for t in world.things if t is not a])
    return Drawn(b.shape, options, (needs.named(a), needs.named(b)), (a, b), {"a": a, "b": b})
