"""Scenes and their pictures: a 3x3 grid of coloured shapes, a handwritten sign, a background.

A scene is a value; rendering it is a pure function of it. Pictures are 48x48 pixels, one
16-pixel cell for each place of the grid.
"""

from __future__ import annotations

import dataclasses
import functools
import random

import numpy as np
from PIL import Image, ImageDraw

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
    def box(self) -> tuple[int, int, int, int]:
        """left, top, right, bottom in pixels, right and bottom exclusive."""
        left, top = self.cell % 3 * CELL + self.dx, self.cell // 3 * CELL + self.dy
        return left, top, left + SIZES[self.size], top + SIZES[self.size]

    @property
    def text(self) -> str:
        """Its sentence in a full description."""
        return f"{self.name} {CELLS[self.cell]} {self.size}."

    @property
    def unsized(self) -> str:
        """Its sentence in a description that leaves sizes out."""
        return f"{self.name} {CELLS[self.cell]}."


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
    drawn = None
    if rng.random() < 0.6 if sign is None else sign:
        drawn = Sign(
            rng.choice(cells),
            (rng.randint(0, 9), rng.randint(0, 9)),
            split,
            (rng.getrandbits(30), rng.getrandbits(30)),
        )
    return Scene(tuple(things), drawn, rng.choice(BACKGROUNDS), seed=rng.getrandbits(30))


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


def render(world: Scene) -> Image.Image:
    """The picture of a scene, RGB, 48x48."""
    rng = np.random.default_rng(world.seed)
    pattern = _patterns()[world.background]
    pixels = np.repeat((rng.uniform(60, 100) - 25 + pattern * 45.0)[:, :, None], 3, 2)
    for thing in world.things:
        left, top, right, bottom = thing.box
        mask = _mask(thing.shape, SIZES[thing.size])[:, :, None]
        color = np.array(COLORS[thing.color]) + rng.normal(0, 10, 3)
        region = pixels[top:bottom, left:right]
        pixels[top:bottom, left:right] = region * (1 - mask) + mask * color
    if world.sign:
        _write(pixels, world.sign)
    if world.quality == "dark":
        pixels *= 0.45
    if world.quality == "blurred":
        pixels = _blur(pixels)
    for cell in world.covered:
        top, left = cell // 3 * CELL, cell % 3 * CELL
        pixels[top : top + CELL, left : left + CELL] = 128
    pixels = pixels + rng.normal(0, world.noise, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@functools.cache
def _patterns() -> dict[str, np.ndarray]:
    y, x = np.mgrid[:SIDE, :SIDE]
    return {
        "plain": np.zeros((SIDE, SIDE)),
        "striped": (x // 3 % 2).astype(float),
        "dotted": ((x % 6 < 2) & (y % 6 < 2)).astype(float),
        "checkered": ((x // 4 + y // 4) % 2).astype(float),
    }


@functools.cache
def _mask(shape: str, side: int) -> np.ndarray:
    """Coverage (0 to 1) of a shape in a square of `side` pixels, drawn large and reduced."""
    scale = 8
    image = Image.new("L", (side * scale, side * scale), 0)
    draw, end = ImageDraw.Draw(image), side * scale - 1
    if shape in ("circle", "ring"):
        draw.ellipse([0, 0, end, end], fill=255)
        if shape == "ring":
            draw.ellipse([end * 0.28, end * 0.28, end * 0.72, end * 0.72], fill=0)
    elif shape == "square":
        draw.rectangle([0, 0, end, end], fill=255)
    elif shape == "triangle":
        draw.polygon([(end / 2, 0), (end, end), (0, end)], fill=255)
    elif shape == "cross":
        draw.rectangle([end * 0.36, 0, end * 0.64, end], fill=255)
        draw.rectangle([0, end * 0.36, end, end * 0.64], fill=255)
    else:
        draw.polygon([(end / 2, 0), (end, end / 2), (end / 2, end), (0, end / 2)], fill=255)
    return np.asarray(image.resize((side, side), Image.Resampling.LANCZOS), np.float64) / 255


@functools.cache
def _handwriting() -> dict[tuple[str, int], np.ndarray]:
    """Real handwritten digits, 8x8, 0 to 1 (UCI, as scikit-learn ships them), by half and digit.

    scikit-learn's file is UCI's test part, in which no writer is named; its first half serves
    training and its second half the tests, so no piece of handwriting is in both.
    """
    from sklearn.datasets import load_digits

    digits = load_digits()
    images, labels, middle = digits.images / 16.0, digits.target, len(digits.target) // 2
    halves = {"train": slice(0, middle), "test": slice(middle, None)}
    return {
        (half, digit): images[where][labels[where] == digit]
        for half, where in halves.items()
        for digit in range(10)
    }


def _write(pixels: np.ndarray, sign: Sign) -> None:
    """Paint a sign: a dark plate that fills its cell, two digits side by side, 8x14 each."""
    top, left = sign.cell // 3 * CELL, sign.cell % 3 * CELL
    pixels[top : top + CELL, left : left + CELL] = 20
    for place, (digit, hand) in enumerate(zip(sign.digits, sign.hands, strict=True)):
        pieces = _handwriting()[sign.half, digit]
        ink = Image.fromarray((pieces[hand % len(pieces)] * 255).astype(np.uint8))
        tall = np.asarray(ink.resize((8, 14), Image.Resampling.BILINEAR), np.float64) / 255
        x = left + place * 8
        pixels[top + 1 : top + 15, x : x + 8] = 20 + tall[:, :, None] * 230


def _blur(pixels: np.ndarray) -> np.ndarray:
    """A 3x3 box blur with edges repeated."""
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    views = [padded[y : y + SIDE, x : x + SIDE] for y in range(3) for x in range(3)]
    return sum(views[1:], start=views[0]) / 9.0
