"""The options of a multiple-choice question: the answer among distractors, in random order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence


def choose(
    rng: random.Random, answer: str, pool: Iterable[str], likely: Sequence[str] = (), count: int = 4
) -> tuple[str, ...]:
    """`count` options, shuffled: the answer, up to two likely distractors, others from the pool."""
    near = [option for option in dict.fromkeys(likely) if option != answer]
    rng.shuffle(near)
    near = near[: min(2, count - 1)]
    far = [option for option in dict.fromkeys(pool) if option != answer and option not in near]
    options = [answer, *near, *rng.sample(far, min(len(far), count - 1 - len(near)))]
    rng.shuffle(options)
    return tuple(options)


def crossed(
    rng: random.Random, answer: tuple[str, str], other: tuple[str, str], joined: str
) -> tuple[str, ...]:
    """Four options, shuffled: each first part with each second part, of the answer and of another.

    Every option shares as much with the rest as the answer does. With distractors that resemble the
    answer alone, the option that resembles the others most would give it away without an image.
    """
    options = [f"{a}{joined}{b}" for a in (answer[0], other[0]) for b in (answer[1], other[1])]
    rng.shuffle(options)
    return tuple(options)


def another(rng: random.Random, values: Iterable[str], *taken: str) -> str:
    """One of the values that is not taken."""
    return rng.choice([value for value in values if value not in taken])
