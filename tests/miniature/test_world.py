"""The rendered world: a picture shows what its scene says, and a scene says what sets may hold."""

from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np
import pytest

from downscaling.miniature.picture import render
from downscaling.miniature.world import (
    CELL,
    CELLS,
    COLORS,
    SHAPES,
    SIDE,
    SIZES,
    Scene,
    Sign,
    Thing,
    describe,
    held_out,
    scene,
    spoil,
)


def scenes(count: int, **about: object) -> list[Scene]:
    """Some scenes of one generator."""
    rng = random.Random(5)
    return [scene(rng, **about) for _ in range(count)]  # type: ignore[arg-type]


def pixels(world: Scene) -> np.ndarray:
    """The picture as numbers, 48x48x3."""
    return np.asarray(render(world), float)


def test_a_picture_depends_on_its_scene_alone() -> None:
    """Catches hidden state in the renderer, and noise that two scenes share."""
    world = scenes(1)[0]
    assert render(world).tobytes() == render(dataclasses.replace(world)).tobytes()
    other = dataclasses.replace(world, seed=world.seed + 1)
    assert render(world).tobytes() != render(other).tobytes()
    assert render(world).size == (SIDE, SIDE)


def test_a_seed_draws_the_same_scenes_again() -> None:
    """Catches a draw that depends on anything but the generator."""
    assert scenes(50) == scenes(50)
    assert scenes(50) != [scene(random.Random(6)) for _ in range(50)]


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("size", SIZES)
def test_a_thing_is_drawn_in_its_color_at_its_box(color: str, size: str) -> None:
    """Catches a thing beside its box (boxes are asked for) or in another colour."""
    for shape, cell in itertools.product(SHAPES, range(9)):
        thing = Thing(shape, color, size, cell, 1, 2)
        empty = Scene((), None, "plain", noise=0.0, seed=3)
        changed = np.abs(pixels(dataclasses.replace(empty, things=(thing,))) - pixels(empty)) > 8
        rows, columns = np.nonzero(changed.any(axis=2))
        left, top, right, bottom = thing.box
        assert (columns.min(), rows.min()) == (left, top), thing
        assert (columns.max() + 1, rows.max() + 1) == (right, bottom), thing
        assert left // CELL == (right - 1) // CELL == cell % 3, thing
        assert top // CELL == (bottom - 1) // CELL == cell // 3, thing
        picture = pixels(dataclasses.replace(empty, things=(thing,)))
        drawn = picture[rows, columns]
        nearest = np.abs(drawn - np.array(COLORS[color])).sum(axis=1).min()
        assert nearest < 60, thing


def test_things_differ_in_shape_and_stand_apart() -> None:
    """Catches a question about "the ring" where two are, and things on top of each other."""
    for world in scenes(500):
        cells = [thing.cell for thing in world.things] + ([world.sign.cell] if world.sign else [])
        assert len({thing.shape for thing in world.things}) == len(world.things) in range(1, 5)
        assert len(set(cells)) == len(cells)
        assert [t.cell for t in world.things] == sorted(t.cell for t in world.things)


def test_training_never_shows_a_held_out_combination() -> None:
    """Catches out-of-domain combinations in training scenes, or familiar ones among them."""
    for novel in (False, True):
        shown = {
            held_out(thing.color, thing.shape, thing.cell)
            for world in scenes(800, novel=novel)
            for thing in world.things
        }
        assert shown == {novel}


def test_every_name_and_every_cell_is_seen_in_training() -> None:
    """Catches a name or a place that is new out of domain, rather than the two together."""
    combinations = list(itertools.product(COLORS, SHAPES, range(9)))
    kept = [c for c in combinations if not held_out(*c)]
    assert len(combinations) - len(kept) == len(combinations) // 6
    for color, shape in itertools.product(COLORS, SHAPES):
        assert sum(c[:2] == (color, shape) for c in kept) in (7, 8)


def test_a_description_names_all_that_is_visible_and_nothing_else() -> None:
    """Catches gold descriptions that hide a fact, or tell what a patch covers."""
    rng = random.Random(2)
    for world in [*scenes(200), *(spoil(world, rng) for world in scenes(200))]:
        text = describe(world)
        for thing in world.things:
            sentence = f"{thing.name} {CELLS[thing.cell]} {thing.size}."
            assert (sentence in text) == (thing.cell not in world.covered)
        assert ("sign says" in text) == (world.sign is not None)
        assert f"{world.background} background." in text
        assert f"{world.quality} image." in text


def test_a_spoilt_picture_is_dark_blurred_or_covered() -> None:
    """Catches a quality that the description tells and the picture does not show."""
    rng = random.Random(4)
    seen = set()
    for world in scenes(60, sign=False):
        poor = spoil(dataclasses.replace(world, noise=0.0), rng)
        clean, changed = pixels(dataclasses.replace(world, noise=0.0)), pixels(poor)
        seen.add(poor.quality)
        if poor.quality == "dark":
            assert changed.mean() < 0.5 * clean.mean()
        if poor.quality == "blurred":
            assert np.abs(np.diff(changed, axis=0)).sum() < np.abs(np.diff(clean, axis=0)).sum()
        if poor.quality == "covered":
            (cell,) = poor.covered
            top, left = cell // 3 * CELL, cell % 3 * CELL
            assert (changed[top : top + CELL, left : left + CELL] == 128).all()
            assert cell not in {thing.cell for thing in poor.visible}
    assert seen == {"dark", "blurred", "covered"}


def test_no_handwriting_of_the_tests_is_in_training() -> None:
    """Catches pieces of handwriting shared by the two halves: reading would be remembering."""
    plates: dict[str, set[bytes]] = {"train": set(), "test": set()}
    for half, found in plates.items():
        for digit, hand in itertools.product(range(10), range(120)):
            sign = Sign(4, (digit, digit), half, (hand, hand))
            picture = pixels(Scene((), sign, "plain", noise=0.0))
            found.add(picture[CELL : 2 * CELL, CELL : CELL + 8].tobytes())
    assert not plates["train"] & plates["test"]
    assert len(plates["train"]) > 800
    assert len(plates["test"]) > 800


def test_a_sign_shows_its_digits_side_by_side() -> None:
    """Catches digits in the wrong order or drawn in another cell."""
    for cell in range(9):
        world = Scene((), Sign(cell, (1, 8), "train", (0, 0)), "plain", noise=0.0)
        empty = dataclasses.replace(world, sign=None)
        rows, columns = np.nonzero((pixels(world) != pixels(empty)).any(axis=2))
        assert (rows.min() // CELL, columns.min() // CELL) == (cell // 3, cell % 3)
        assert (rows.max() // CELL, columns.max() // CELL) == (cell // 3, cell % 3)
        turned = dataclasses.replace(world, sign=Sign(cell, (8, 1), "train", (0, 0)))
        left, top = cell % 3 * CELL, cell // 3 * CELL
        one = pixels(world)[top : top + CELL, left : left + 8]
        assert (pixels(turned)[top : top + CELL, left + 8 : left + 16] == one).all()
