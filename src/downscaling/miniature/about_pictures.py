"""Draws about the whole picture: its background, its quality, what it does not show."""

from __future__ import annotations

import random
from collections.abc import Iterable

from . import needs
from .drawn import Drawn
from .options import choose
from .world import BACKGROUNDS, CELLS, COLORS, QUALITIES, SHAPES, Scene

UNANSWERABLE = "unanswerable"


def background(world: Scene, rng: random.Random) -> Drawn:
    """What the background is."""
    need = needs.setting(world.background, BACKGROUNDS, "background")
    return Drawn(world.background, choose(rng, world.background, BACKGROUNDS), (need,))


def quality(world: Scene, rng: random.Random) -> Drawn:
    """How good the picture is."""
    need = needs.setting(world.quality, QUALITIES, "image")
    return Drawn(world.quality, choose(rng, world.quality, QUALITIES), (need,))


def missing(world: Scene, rng: random.Random) -> Drawn:
    """About a shape that the picture does not show: it cannot be answered."""
    shown = {thing.shape for thing in world.visible}
    shape = rng.choice([shape for shape in SHAPES if shape not in shown])
    asked: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("what color", "color", COLORS),
        ("where", "place", CELLS),
    )
    question, noun, pool = rng.choice(asked)
    options = choose(rng, UNANSWERABLE, pool)
    fields: dict[str, object] = {"shape": shape, "asked": question, "noun": noun}
    return Drawn(UNANSWERABLE, options, (needs.absent(shape),), fields=fields)
