"""What a question about one scene asks for, before it is put into words.

A draw is a function `(scene, rng) -> Drawn | None`; None where the scene does not allow the
question. `questions.KINDS` says which kind of question uses which draw.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

from .needs import Need
from .world import Scene, Thing


@dataclasses.dataclass(frozen=True)
class Drawn:
    """The answer of a question, and what a description must hold for it.

    Attributes:
        subjects: the things that the question is about.
        fields: what fills the templates of its kind.
    """

    answer: str
    options: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    subjects: tuple[Thing, ...] = ()
    fields: dict[str, object] = dataclasses.field(default_factory=dict)


Draw = Callable[[Scene, random.Random], Drawn | None]
