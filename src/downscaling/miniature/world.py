"""Scenes: a 3x3 grid of coloured shapes, a handwritten sign, a background.

Pictures of them (`picture`) are 48x48 pixels, one 16-pixel cell for each place of the grid.
"""

from __future__ import annotations

import dataclasses
import random

SHAPES = ("circle", "square", "triangle", "cross", "ring", "diamond")
COLORS = {
    "red": (220, 40, 40),
    "green": (40, 180, 60),
    "blue": (50, 80, 230),
    "yellow": (235, 215, 50),
    "purple": (160, 60, 200),
    "white": (245, 245, 245),
}
SIZES = {"small": 10, "large": 14}
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "center", "right")
CELLS = tuple(f"{row}-{column}" for row in ROWS for column in COLUMNS)
BACKGROUNDS = ("plain", "striped", "dotted", "checkered")
QUALITIES = ("clean", "dark", "blurred", "covered")
SIDE, CELL = 48, 16


@dataclasses.dataclass(frozen=True)
class Thing:
    """One object: its shape, colour, size, cell (0 to 8, row by row) and offset inside the cell."""

    shape: str
    color: str
    size: str
    cell: int
    dx: int
    dy: int

    @property
    def name(self) -> str:
        """The compound word that names it, as `red-ring`: one word binds colour and shape."""
        return f"{self.color}-{self.shape}"

    @property
    def place(self) -> str:
        """Its cell by name, as `top-left`."""
        return CELLS[self.cell]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """left, top, right, bottom in pixels, right and bottom exclusive."""
        left, top = self.cell % 3 * CELL + self.dx, self.cell // 3 * CELL + self.dy
        return left, top, left + SIZES[self.size], top + SIZES[self.size]

    @property
    def text(self) -> str:
        """Its sentence in a full description."""
        return f"{self.name} {self.place} {self.size}."

    @property
    def unsized(self) -> str:
        """Its sentence in a description that leaves sizes out."""
        return f"{self.name} {self.place}."


@dataclasses.dataclass(frozen=True)
class Sign:
    """A sign with two digits. `half`: which half of the handwriting ("train" or "test"); the seeds
    pick the two pieces of handwriting."""

    cell: int
    digits: tuple[int, int]
    half: str
    hands: tuple[int, int]

    @property
    def text(self) -> str:
        """Its sentence in a full description."""
        return f"sign says {self.digits[0]} {self.digits[1]} {CELLS[self.cell]}."


@dataclasses.dataclass(frozen=True)
class Scene:
    """Everything that a picture shows. `things` stand in reading order; `covered` lists cells
    hidden by a grey patch; `noise` is the pixel noise's standard deviation."""

    things: tuple[Thing, ...]
    sign: Sign | None
    background: str
    quality: str = "clean"
    covered: tuple[int, ...] = ()
    noise: float = 6.0
    seed: int = 0

    @property
    def visible(self) -> tuple[Thing, ...]:
        """The things that no patch hides."""
        return tuple(thing for thing in self.things if thing.cell not in self.covered)


def held_out(color: str, shape: str, cell: int) -> bool:
    """Whether this colour and shape at this cell is kept from every training set of the study.

    A sixth of the 324 combinations: each named thing loses one or two of its nine cells, so a model
    has seen every name and every cell, but not these together.
    """
    return (list(COLORS).index(color) + SHAPES.index(shape) + cell) % 6 == 0


def scene(
    rng: random.Random,
    *,
    split: str = "train",
    count: tuple[int, int] = (1, 4),
    sign: bool | None = None,
    novel: bool = False,
    anything: bool = False,
) -> Scene:
    """Draw a scene. Its things differ in shape, so that a shape names one of them.

    split: which half of the handwriting a sign uses. novel: every thing stands in a combination
    that training sets hold out (otherwise none does). anything: both kinds, for the pretraining
    corpora.
    """
    things: list[Thing] = []
    cells = rng.sample(range(9), 9)
    shapes = rng.sample(SHAPES, rng.randint(*count))
    for shape in shapes:
        color, size = rng.choice(list(COLORS)), rng.choice(list(SIZES))
        fits = [c for c in cells if anything or held_out(color, shape, c) == novel]
        if not fits:  # a novel name has but one or two cells; the next shape may still fit
            continue
        cell = fits[0]
        cells.remove(cell)
        room = CELL - SIZES[size]
        things.append(Thing(shape, color, size, cell, rng.randint(0, room), rng.randint(0, room)))
    if not things:
        return scene(rng, split=split, count=count, sign=sign, novel=novel, anything=anything)
    things.sort(key=lambda thing: thing.cell)
    plate = None
    if rng.random() < 0.6 if sign is None else sign:
        plate = Sign(
            rng.choice(cells),
            (rng.randint(0, 9), rng.randint(0, 9)),
            split,
            (rng.getrandbits(30), rng.getrandbits(30)),
        )
    return Scene(tuple(things), plate, rng.choice(BACKGROUNDS), seed=rng.getrandbits(30))


def spoil(world: Scene, rng: random.Random) -> Scene:
    """The same scene in a poor picture: dark, blurred, or with a patch over one of its things."""
    quality = rng.choice(QUALITIES[1:])
    covered = (rng.choice(world.things).cell,) if quality == "covered" else ()
    return dataclasses.replace(world, quality=quality, covered=covered)


def describe(world: Scene) -> str:
    """The full description: every visible thing, sign, background and the picture's quality."""
    parts = [thing.text for thing in world.visible]
    if world.sign:
        parts.append(world.sign.text)
    return " ".join([*parts, f"{world.background} background.", f"{world.quality} image."])
