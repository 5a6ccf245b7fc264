"""The picture of a scene. Rendering is a pure function: the same scene, the same pixels."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageDraw

from .world import CELL, COLORS, SIDE, SIZES, Scene, Sign


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


def png(world: Scene) -> bytes:
    """The picture as a PNG file."""
    buffer = io.BytesIO()
    render(world).save(buffer, "PNG", compress_level=0)  # noise hardly compresses
    return buffer.getvalue()


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
