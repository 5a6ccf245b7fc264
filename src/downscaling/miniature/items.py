"""A question in words, the scenes that it is asked about, and a description that serves it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from .needs import Need
from .world import Scene, Thing


@dataclasses.dataclass(frozen=True)
class Item:
    """A question of one kind about one scene.

    Attributes:
        steps: the reasoning that leads to `answer`.
        focus: what to observe in the image for it.
        needs: the facts that a description must hold for it.
        subjects: the things that a focused description names first.
        sign, background: whether it is about the sign, or about the whole picture.
    """

    kind: str
    text: str
    novel: str
    answer: str
    options: tuple[str, ...]
    steps: str
    focus: str
    needs: tuple[Need, ...]
    subjects: tuple[Thing, ...] = ()
    sign: bool = False
    background: bool = False

    @property
    def statement(self) -> str:
        """The question and its answer as one declarative sentence (the teacher's first step)."""
        return f"{self.focus} is {self.answer}."


@dataclasses.dataclass(frozen=True)
class Example:
    """One conversation's material: the scenes shown and the items asked, in order."""

    scenes: tuple[Scene, ...]
    items: tuple[Item, ...]
    axis: str = ""


def focused(world: Scene, items: Sequence[Item]) -> str:
    """The description a teacher writes for these questions: what they need first, then the rest."""
    subjects = [thing for item in items for thing in item.subjects if thing in world.visible]
    first = list(dict.fromkeys(subjects))
    sign = [world.sign.text] if world.sign else []
    setting = [f"{world.background} background.", f"{world.quality} image."]
    sign_first, setting_first = any(i.sign for i in items), any(i.background for i in items)
    return " ".join(
        [
            *(setting if setting_first else []),
            *(sign if sign_first else []),
            *(thing.text for thing in first),
            *(thing.text for thing in world.visible if thing not in first),
            *([] if sign_first else sign),
            *([] if setting_first else setting),
        ]
    )
