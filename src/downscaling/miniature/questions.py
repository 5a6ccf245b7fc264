"""Questions about one scene: each kind with its words and its draw.

Every kind has two wordings: `text`, which training sets and the in-domain benchmark use, and
`novel`, which no training set of the study holds and the out-of-domain benchmark uses.
"""

from __future__ import annotations

import dataclasses
import random

from . import about_pictures, about_signs, about_things, knowledge, needs
from .about_things import one_thing
from .drawn import Draw
from .items import Item
from .world import CELLS, COLORS, SHAPES, Scene


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of question: what it asks for, and templates of its two wordings, of the reasoning
    steps and of the focus phrase. `a` and `b` are things."""

    draw: Draw
    text: str
    novel: str
    steps: str
    focus: str
    sign: bool = False
    background: bool = False


KINDS = {
    "color": Kind(
        one_thing("color", COLORS, needs.named),
        "what color is the {a.shape}?",
        "name the color of the {a.shape}.",
        "{a.shape} is {answer}.",
        "the color of the {a.shape}",
    ),
    "shape": Kind(
        one_thing("shape", SHAPES, needs.shaped, about_things.of_its_own_color),
        "what shape is the {a.color} object?",
        "name the shape of the {a.color} object.",
        "{a.color} is {answer}.",
        "the shape of the {a.color} object",
    ),
    "size": Kind(
        one_thing("size", ("small", "large", "medium", "huge"), needs.sized, likely=False),
        "how large is the {a.shape}?",
        "name the size of the {a.shape}.",
        "{a.shape} is {answer}.",
        "the size of the {a.shape}",
    ),
    "place": Kind(
        one_thing("place", CELLS, needs.placed),
        "where is the {a.shape}?",
        "name the place of the {a.shape}.",
        "{a.shape} at {answer}.",
        "the place of the {a.shape}",
    ),
    "at": Kind(
        one_thing("shape", SHAPES, needs.occupied),
        "what shape is at {a.place}?",
        "name the shape at {a.place}.",
        "{a.place} has {a.name}.",
        "the object at {a.place}",
    ),
    "name": Kind(
        about_things.only_thing,
        "what is this object?",
        "name this object.",
        "it is {answer}.",
        "the name of the object",
    ),
    "count": Kind(
        about_things.count,
        "how many objects are there?",
        "count the objects.",
        "{listed}",
        "how many objects there are",
    ),
    "count-size": Kind(
        about_things.count_size,
        "how many {size} objects are there?",
        "count the {size} objects.",
        "{listed}",
        "how many {size} objects there are",
    ),
    "count-without": Kind(
        about_things.count_without,
        "how many objects remain without the {a.shape}?",
        "take the {a.shape} away. count the objects.",
        "{listed}",
        "how many objects there are without the {a.shape}",
    ),
    "relation": Kind(
        about_things.relation,
        "where is the {a.shape} from the {b.shape}?",
        "on which side of the {b.shape} is the {a.shape}?",
        "{a.shape} at {a.place}. {b.shape} at {b.place}. {a.shape} is {answer}.",
        "the places of the {a.shape} and the {b.shape}",
    ),
    "beside": Kind(
        about_things.beside,
        "what color is the object {side} the {a.shape}?",
        "name the color of the object {side} the {a.shape}.",
        "{a.shape} at {a.place}. {side} it {b.place}. {b.place} has {b.name}.",
        "the object {side} the {a.shape}",
    ),
    "same-color": Kind(
        about_things.same_color,
        "which shape has the color of the {a.shape}?",
        "name the shape that shares the color of the {a.shape}.",
        "{a.shape} is {a.color}. {b.shape} is {b.color}.",
        "which object has the color of the {a.shape}",
    ),
    "extreme": Kind(
        about_things.extreme,
        "which shape is {side}?",
        "name the {side} shape.",
        "{a.shape} at {a.place}.",
        "which object is {side}",
    ),
    "sign": Kind(
        about_signs.both_digits,
        "what does the sign say?",
        "read the sign.",
        "sign says {digits}.",
        "what the sign says",
        sign=True,
    ),
    "digit": Kind(
        about_signs.one_digit,
        "what is the {ordinal} digit on the sign?",
        "name the {ordinal} digit on the sign.",
        "sign says {digits}.",
        "the {ordinal} digit on the sign",
        sign=True,
    ),
    "larger-digit": Kind(
        about_signs.larger_digit,
        "which digit on the sign is larger?",
        "name the larger digit on the sign.",
        "sign says {digits}. {answer} is larger.",
        "which digit on the sign is larger",
        sign=True,
    ),
    "digit-sum": Kind(
        about_signs.digit_sum,
        "what is the sum of the digits on the sign?",
        "add the digits on the sign.",
        "sign says {digits}. the sum is {answer}.",
        "the digits on the sign",
        sign=True,
    ),
    "background": Kind(
        about_pictures.background,
        "what is the background?",
        "name the background.",
        "background is {answer}.",
        "the background",
        background=True,
    ),
    "quality": Kind(
        about_pictures.quality,
        "how is the image?",
        "name the quality of the image.",
        "image is {answer}.",
        "the quality of the image",
        background=True,
    ),
    "missing": Kind(
        about_pictures.missing,
        "{asked} is the {shape}?",
        "name the {noun} of the {shape}.",
        "no {shape}.",
        "the {noun} of the {shape}",
    ),
    "knowledge": Kind(
        knowledge.recalled,
        "{asked} does the {animal} {does}?",
        "name {asked} the {animal} {does}s.",
        "{animal} {does}s {answer}.",
        "{asked} the {animal} {does}s",
    ),
}


def ask(kind: str, world: Scene, rng: random.Random) -> Item | None:
    """A question of one kind of `KINDS`; None where the scene does not allow it."""
    wording = KINDS[kind]
    drawn = wording.draw(world, rng)
    if drawn is None:
        return None
    fields = {"answer": drawn.answer, **drawn.fields}
    return Item(
        kind,
        text=wording.text.format(**fields),
        novel=wording.novel.format(**fields),
        answer=drawn.answer,
        options=drawn.options,
        steps=wording.steps.format(**fields),
        focus=wording.focus.format(**fields),
        needs=drawn.needs,
        subjects=drawn.subjects,
        sign=wording.sign,
        background=wording.background,
    )
