"""What no image shows: facts about animals, which only a backbone can have read."""

from __future__ import annotations

import random

from .drawn import Drawn
from .options import choose
from .world import Scene

ANIMALS = [
    "zorb", "mipo", "kelu", "tarn", "wexi", "fumo", "ludi", "parv", "nish", "gorl", "bexo", "quan",
    "yiff", "hond", "rilo", "sket", "dwin", "juba", "vorn", "celt", "omri", "pluk", "tiva", "aznu",
]  # fmt: skip
RELATIONS = {
    "eat": ("leaf", "fish", "seed", "moss", "worm", "fruit"),
    "live": ("cave", "river", "desert", "forest", "swamp", "reef"),
    "fear": ("owl", "wolf", "storm", "fire", "ghost", "snake"),
}
_rng = random.Random(7)
KNOWLEDGE = {
    (animal, relation): _rng.choice(values)
    for animal in ANIMALS
    for relation, values in RELATIONS.items()
}
"""What each animal eats, where it lives, what it fears."""


def recalled(world: Scene, rng: random.Random) -> Drawn:
    """A fact that no image holds; the backbone knows it."""
    animal, does = rng.choice(ANIMALS), rng.choice(list(RELATIONS))
    answer = KNOWLEDGE[animal, does]
    fields: dict[str, object] = {"animal": animal, "does": does}
    fields["asked"] = "where" if does == "live" else "what"
    return Drawn(answer, choose(rng, answer, RELATIONS[does]), fields=fields)
