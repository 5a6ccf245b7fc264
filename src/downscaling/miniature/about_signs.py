"""Draws about the two digits of a scene's sign."""

from __future__ import annotations

import random
from collections.abc import Sequence

from . import needs
from .drawn import Drawn
from .options import another, choose, crossed
from .world import Scene

DIGITS = "0123456789"


def both_digits(world: Scene, rng: random.Random) -> Drawn | None:
    """What a sign says."""
    if not world.sign:
        return None
    a, b = map(str, world.sign.digits)
    other = another(rng, DIGITS, a), another(rng, DIGITS, b)
    return _read(world, f"{a} {b}", crossed(rng, (a, b), other, " "))


def one_digit(world: Scene, rng: random.Random) -> Drawn | None:
    """What a sign's first or second digit is."""
    if not world.sign:
        return None
    index, ordinal = rng.choice(((0, "first"), (1, "second")))
    answer, other = str(world.sign.digits[index]), str(world.sign.digits[1 - index])
    options = choose(rng, answer, DIGITS, [other])
    return _read(world, answer, options, (index,), ordinal=ordinal)


def larger_digit(world: Scene, rng: random.Random) -> Drawn | None:
    """Which of a sign's digits is larger; they differ."""
    if not world.sign or world.sign.digits[0] == world.sign.digits[1]:
        return None
    answer, other = str(max(world.sign.digits)), str(min(world.sign.digits))
    return _read(world, answer, choose(rng, answer, DIGITS, [other]))


def digit_sum(world: Scene, rng: random.Random) -> Drawn | None:
    """What a sign's digits add up to."""
    if not world.sign:
        return None
    total = sum(world.sign.digits)
    lowest = min(max(0, total - rng.randint(0, 3)), 15)  # four in a row, the sum at any place
    options = choose(rng, str(total), [str(n) for n in range(lowest, lowest + 4)])
    return _read(world, str(total), options)


def _read(
    world: Scene,
    answer: str,
    options: tuple[str, ...],
    read: Sequence[int] = (0, 1),
    **fields: object,
) -> Drawn:
    """What a sign's digits answer, of which those at the places `read` are needed."""
    assert world.sign is not None
    facts = tuple(needs.digit(world.sign, index) for index in read)
    digits = "{} {}".format(*world.sign.digits)
    return Drawn(answer, options, facts, fields={"digits": digits, **fields})
