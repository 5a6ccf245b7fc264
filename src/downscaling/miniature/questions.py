"""Questions about one scene: each kind with its answer, distractors, steps, focus and needed facts.

A kind is a function `(scene, rng) -> Item | None`; None where the scene does not allow it. Every
kind has two templates: `text`, which training sets and the in-domain benchmark use, and `novel`,
which no training set of the study holds and the out-of-domain benchmark uses.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Sequence

from .world import BACKGROUNDS, CELLS, COLORS, QUALITIES, SHAPES, Scene, Thing

UNANSWERABLE = "unanswerable"
ANIMALS = [
    "zorb", "mipo", "kelu", "tarn", "wexi", "fumo", "ludi", "parv", "nish", "gorl", "bexo", "quan",
    "yiff", "hond", "rilo", "sket", "dwin", "juba", "vorn", "celt", "omri", "pluk", "tiva", "aznu",
]  # fmt: skip
RELATIONS = {
    "eat": ("leaf", "fish", "seed", "moss", "worm", "fruit"),
    "live": ("cave", "river", "desert", "forest", "swamp", "reef"),
    "fear": ("owl", "wolf", "storm", "fire", "ghost", "snake"),
}
_FACTS_SEED = 7
_drawn = random.Random(_FACTS_SEED)
KNOWLEDGE = {
    (animal, relation): _drawn.choice(values)
    for animal in ANIMALS
    for relation, values in RELATIONS.items()
}
COUNTS, DIGITS = "012345", "0123456789"
_AXIS = {"left of": (0, -1), "right of": (0, 1), "above": (-1, 0), "below": (1, 0)}


@dataclasses.dataclass(frozen=True)
class Need:
    """A fact that a question needs, as regular expressions over a description (records.Fact)."""

    name: str
    states: str
    misstates: str


@dataclasses.dataclass(frozen=True)
class Item:
    """A question of one kind about one scene. `steps` is the reasoning that leads to `answer`;
    `subjects` are the things a focused description names first."""

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


def choose(
    rng: random.Random, answer: str, pool: Iterable[str], likely: Sequence[str] = (), count: int = 4
) -> tuple[str, ...]:
    """`count` options, shuffled: the answer, up to two likely distractors, others from the pool."""
    near = [o for o in dict.fromkeys(likely) if o != answer]
    rng.shuffle(near)
    near = near[: min(2, count - 1)]
    far = [o for o in dict.fromkeys(pool) if o != answer and o not in near]
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


def color(world: Scene, rng: random.Random) -> Item | None:
    thing = rng.choice(world.visible) if world.visible else None
    if not thing:
        return None
    return Item(
        "color",
        f"what color is the {thing.shape}?",
        f"name the color of the {thing.shape}.",
        thing.color,
        choose(rng, thing.color, COLORS, [t.color for t in world.things]),
        f"{thing.shape} is {thing.color}.",
        f"the color of the {thing.shape}",
        (_named(thing),),
        (thing,),
    )


def shape(world: Scene, rng: random.Random) -> Item | None:
    colors = [t.color for t in world.visible]
    single = [t for t in world.visible if colors.count(t.color) == 1]
    if not single:
        return None
    thing = rng.choice(single)
    need = Need(
        f"shape of {thing.color}", rf"\b{thing.name}\b", rf"\b{thing.color}-(?!{thing.shape}\b)\w+"
    )
    return Item(
        "shape",
        f"what shape is the {thing.color} object?",
        f"name the shape of the {thing.color} object.",
        thing.shape,
        choose(rng, thing.shape, SHAPES, [t.shape for t in world.things]),
        f"{thing.color} is {thing.shape}.",
        f"the shape of the {thing.color} object",
        (need,),
        (thing,),
    )


def size(world: Scene, rng: random.Random) -> Item | None:
    if not world.visible:
        return None
    thing = rng.choice(world.visible)
    return Item(
        "size",
        f"how large is the {thing.shape}?",
        f"name the size of the {thing.shape}.",
        thing.size,
        choose(rng, thing.size, ("small", "large", "medium", "huge")),
        f"{thing.shape} is {thing.size}.",
        f"the size of the {thing.shape}",
        (_sized(thing),),
        (thing,),
    )


def place(world: Scene, rng: random.Random) -> Item | None:
    if not world.visible:
        return None
    thing = rng.choice(world.visible)
    likely = [CELLS[t.cell] for t in world.things]
    return Item(
        "place",
        f"where is the {thing.shape}?",
        f"name the place of the {thing.shape}.",
        CELLS[thing.cell],
        choose(rng, CELLS[thing.cell], CELLS, likely),
        f"{thing.shape} at {CELLS[thing.cell]}.",
        f"the place of the {thing.shape}",
        (_placed(thing),),
        (thing,),
    )


def at(world: Scene, rng: random.Random) -> Item | None:
    if not world.visible:
        return None
    thing = rng.choice(world.visible)
    cell = CELLS[thing.cell]
    need = Need(
        f"shape at {cell}", rf"-{thing.shape} {cell}\b", rf"-(?!{thing.shape}\b)\w+ {cell}\b"
    )
    return Item(
        "at",
        f"what shape is at {cell}?",
        f"name the shape at {cell}.",
        thing.shape,
        choose(rng, thing.shape, SHAPES, [t.shape for t in world.things]),
        f"{cell} has {thing.name}.",
        f"the object at {cell}",
        (need,),
        (thing,),
    )


def name(world: Scene, rng: random.Random) -> Item | None:
    if len(world.visible) != 1:
        return None
    thing = world.visible[0]
    other = another(rng, COLORS, thing.color), another(rng, SHAPES, thing.shape)
    return Item(
        "name",
        "what is this object?",
        "name this object.",
        thing.name,
        crossed(rng, (thing.color, thing.shape), other, "-"),
        f"it is {thing.name}.",
        "the name of the object",
        (_named(thing),),
        (thing,),
    )


def count(world: Scene, rng: random.Random) -> Item | None:
    if not world.visible:
        return None
    total = len(world.visible)
    return Item(
        "count",
        "how many objects are there?",
        "count the objects.",
        str(total),
        choose(rng, str(total), COUNTS),
        _enumerated(world.visible),
        "how many objects there are",
        tuple(_named(t) for t in world.visible),
        world.visible,
    )


def count_size(world: Scene, rng: random.Random) -> Item | None:
    wanted = rng.choice(("small", "large"))
    matching = tuple(t for t in world.visible if t.size == wanted)
    if not matching:
        return None
    total = len(matching)
    return Item(
        "count-size",
        f"how many {wanted} objects are there?",
        f"count the {wanted} objects.",
        str(total),
        choose(rng, str(total), COUNTS),
        _enumerated(matching),
        f"how many {wanted} objects there are",
        tuple(_sized(t) for t in world.visible),
        world.visible,
    )


def count_without(world: Scene, rng: random.Random) -> Item | None:
    if len(world.visible) < 2:
        return None
    thing = rng.choice(world.visible)
    rest = tuple(t for t in world.visible if t is not thing)
    total = len(rest)
    return Item(
        "count-without",
        f"how many objects remain without the {thing.shape}?",
        f"take the {thing.shape} away. count the objects.",
        str(total),
        choose(rng, str(total), COUNTS),
        _enumerated(rest),
        f"how many objects there are without the {thing.shape}",
        tuple(_named(t) for t in world.visible),
        world.visible,
    )


def relation(world: Scene, rng: random.Random) -> Item | None:
    pairs = [
        (a, b)
        for a in world.visible
        for b in world.visible
        if a is not b and (a.cell // 3 == b.cell // 3 or a.cell % 3 == b.cell % 3)
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    before = a.cell < b.cell
    if a.cell // 3 == b.cell // 3:
        answer = "left" if before else "right"
    else:
        answer = "above" if before else "below"
    return Item(
        "relation",
        f"where is the {a.shape} from the {b.shape}?",
        f"on which side of the {b.shape} is the {a.shape}?",
        answer,
        choose(rng, answer, ("left", "right", "above", "below")),
        f"{a.shape} at {CELLS[a.cell]}. {b.shape} at {CELLS[b.cell]}. {a.shape} is {answer}.",
        f"the places of the {a.shape} and the {b.shape}",
        (_placed(a), _placed(b)),
        (a, b),
    )


def beside(world: Scene, rng: random.Random) -> Item | None:
    """Two steps: find the thing beside another, then its colour."""
    found: list[tuple[Thing, str, Thing]] = []
    for a in world.visible:
        for word, (down, right) in _AXIS.items():
            row, column = a.cell // 3 + down, a.cell % 3 + right
            if 0 <= row < 3 and 0 <= column < 3:
                found += [(a, word, b) for b in world.visible if b.cell == row * 3 + column]
    if not found:
        return None
    a, word, b = rng.choice(found)
    return Item(
        "beside",
        f"what color is the object {word} the {a.shape}?",
        f"name the color of the object {word} the {a.shape}.",
        b.color,
        choose(rng, b.color, COLORS, [t.color for t in world.things]),
        f"{a.shape} at {CELLS[a.cell]}. {word} it {CELLS[b.cell]}. {CELLS[b.cell]} has {b.name}.",
        f"the object {word} the {a.shape}",
        (_placed(a), _placed(b), _named(b)),
        (a, b),
    )


def same_color(world: Scene, rng: random.Random) -> Item | None:
    """Two steps: the colour of one thing, then the other thing that has it."""
    pairs = [
        (a, b)
        for a in world.visible
        for b in world.visible
        if a is not b and a.color == b.color and sum(t.color == a.color for t in world.visible) == 2
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return Item(
        "same-color",
        f"which shape has the color of the {a.shape}?",
        f"name the shape that shares the color of the {a.shape}.",
        b.shape,
        choose(
            rng,
            b.shape,
            [s for s in SHAPES if s != a.shape],
            [t.shape for t in world.things if t is not a],
        ),
        f"{a.shape} is {a.color}. {b.shape} is {b.color}.",
        f"which object has the color of the {a.shape}",
        (_named(a), _named(b)),
        (a, b),
    )


def extreme(world: Scene, rng: random.Random) -> Item | None:
    ends: tuple[tuple[str, Callable[[Thing], int]], ...] = (
        ("lowest", lambda t: -(t.cell // 3)),
        ("highest", lambda t: t.cell // 3),
        ("leftmost", lambda t: t.cell % 3),
        ("rightmost", lambda t: -(t.cell % 3)),
    )
    word, key = rng.choice(ends)
    ordered = sorted(world.visible, key=key)
    if len(ordered) < 2 or key(ordered[0]) == key(ordered[1]):
        return None
    thing = ordered[0]
    return Item(
        "extreme",
        f"which shape is {word}?",
        f"name the {word} shape.",
        thing.shape,
        choose(rng, thing.shape, SHAPES, [t.shape for t in world.things]),
        f"{thing.shape} at {CELLS[thing.cell]}.",
        f"which object is {word}",
        tuple(_placed(t) for t in world.visible),
        (thing,),
    )


def sign(world: Scene, rng: random.Random) -> Item | None:
    if not world.sign:
        return None
    a, b = map(str, world.sign.digits)
    other = another(rng, DIGITS, a), another(rng, DIGITS, b)
    return Item(
        "sign",
        "what does the sign say?",
        "read the sign.",
        f"{a} {b}",
        crossed(rng, (a, b), other, " "),
        f"sign says {a} {b}.",
        "what the sign says",
        (_digit(world, 0), _digit(world, 1)),
        sign=True,
    )


def digit(world: Scene, rng: random.Random) -> Item | None:
    if not world.sign:
        return None
    index, word = rng.choice(((0, "first"), (1, "second")))
    answer = str(world.sign.digits[index])
    return Item(
        "digit",
        f"what is the {word} digit on the sign?",
        f"name the {word} digit on the sign.",
        answer,
        choose(rng, answer, DIGITS, [str(world.sign.digits[1 - index])]),
        f"sign says {world.sign.digits[0]} {world.sign.digits[1]}.",
        f"the {word} digit on the sign",
        (_digit(world, index),),
        sign=True,
    )


def larger_digit(world: Scene, rng: random.Random) -> Item | None:
    if not world.sign or world.sign.digits[0] == world.sign.digits[1]:
        return None
    answer, other = str(max(world.sign.digits)), str(min(world.sign.digits))
    return Item(
        "larger-digit",
        "which digit on the sign is larger?",
        "name the larger digit on the sign.",
        answer,
        choose(rng, answer, DIGITS, [other]),
        f"sign says {world.sign.digits[0]} {world.sign.digits[1]}. {answer} is larger.",
        "which digit on the sign is larger",
        (_digit(world, 0), _digit(world, 1)),
        sign=True,
    )


def digit_sum(world: Scene, rng: random.Random) -> Item | None:
    if not world.sign:
        return None
    total = sum(world.sign.digits)
    lowest = min(max(0, total - rng.randint(0, 3)), 15)  # four in a row, the sum at any place
    return Item(
        "digit-sum",
        "what is the sum of the digits on the sign?",
        "add the digits on the sign.",
        str(total),
        choose(rng, str(total), [str(n) for n in range(lowest, lowest + 4)]),
        f"sign says {world.sign.digits[0]} {world.sign.digits[1]}. the sum is {total}.",
        "the digits on the sign",
        (_digit(world, 0), _digit(world, 1)),
        sign=True,
    )


def background(world: Scene, rng: random.Random) -> Item | None:
    return Item(
        "background",
        "what is the background?",
        "name the background.",
        world.background,
        choose(rng, world.background, BACKGROUNDS),
        f"background is {world.background}.",
        "the background",
        (_property(world.background, BACKGROUNDS, "background"),),
        background=True,
    )


def quality(world: Scene, rng: random.Random) -> Item | None:
    return Item(
        "quality",
        "how is the image?",
        "name the quality of the image.",
        world.quality,
        choose(rng, world.quality, QUALITIES),
        f"image is {world.quality}.",
        "the quality of the image",
        (_property(world.quality, QUALITIES, "image"),),
        background=True,
    )


def missing(world: Scene, rng: random.Random) -> Item | None:
    """A question about a shape that the picture does not show: it cannot be answered."""
    absent = [s for s in SHAPES if s not in {t.shape for t in world.visible}]
    thing = rng.choice(absent)
    what, pool = rng.choice((("color", tuple(COLORS)), ("place", CELLS)))
    text = f"what color is the {thing}?" if what == "color" else f"where is the {thing}?"
    return Item(
        "missing",
        text,
        f"name the {what} of the {thing}.",
        UNANSWERABLE,
        choose(rng, UNANSWERABLE, pool),
        f"no {thing}.",
        f"the {what} of the {thing}",
        (Need(f"no {thing}", rf"\A(?![\s\S]*-{thing}\b)", rf"-{thing}\b"),),
    )


def knowledge(world: Scene, rng: random.Random) -> Item | None:
    """A fact that no image holds; the backbone knows it."""
    animal, relation_ = rng.choice(ANIMALS), rng.choice(list(RELATIONS))
    answer = KNOWLEDGE[animal, relation_]
    asked = "where" if relation_ == "live" else "what"
    return Item(
        "knowledge",
        f"{asked} does the {animal} {relation_}?",
        f"name {asked} the {animal} {relation_}s.",
        answer,
        choose(rng, answer, RELATIONS[relation_]),
        f"{animal} {relation_}s {answer}.",
        f"{asked} the {animal} {relation_}s",
        (),
    )


KINDS: dict[str, Callable[[Scene, random.Random], Item | None]] = {
    "color": color,
    "shape": shape,
    "size": size,
    "place": place,
    "at": at,
    "name": name,
    "count": count,
    "count-size": count_size,
    "count-without": count_without,
    "relation": relation,
    "beside": beside,
    "same-color": same_color,
    "extreme": extreme,
    "sign": sign,
    "digit": digit,
    "larger-digit": larger_digit,
    "digit-sum": digit_sum,
    "background": background,
    "quality": quality,
    "missing": missing,
    "knowledge": knowledge,
}


def focused(world: Scene, items: Sequence[Item]) -> str:
    """The description a teacher writes for these questions: what they need first, then the rest."""
    first = [t for item in items for t in item.subjects if t in world.visible]
    first = list(dict.fromkeys(first))
    sign_ = [world.sign.text] if world.sign else []
    setting = [f"{world.background} background.", f"{world.quality} image."]
    sign_first, setting_first = any(i.sign for i in items), any(i.background for i in items)
    return " ".join(
        [
            *(setting if setting_first else []),
            *(sign_ if sign_first else []),
            *(thing.text for thing in first),
            *(thing.text for thing in world.visible if thing not in first),
            *([] if sign_first else sign_),
            *([] if setting_first else setting),
        ]
    )


def _named(thing: Thing) -> Need:
    return Need(
        f"color of {thing.shape}", rf"\b{thing.name}\b", rf"\b(?!{thing.color}-)\w+-{thing.shape}\b"
    )


def _placed(thing: Thing) -> Need:
    cell = CELLS[thing.cell]
    return Need(
        f"place of {thing.shape}",
        rf"-{thing.shape} {cell}\b",
        rf"-{thing.shape} (?!{cell}\b)(?:top|middle|bottom)-",
    )


def _sized(thing: Thing) -> Need:
    other = "small" if thing.size == "large" else "large"
    noun = rf"-{thing.shape} \S+ "
    return Need(f"size of {thing.shape}", rf"{noun}{thing.size}\b", rf"{noun}{other}\b")


def _digit(world: Scene, index: int) -> Need:
    assert world.sign is not None
    value = world.sign.digits[index]
    before = r"sign says " if index == 0 else r"sign says \d "
    return Need(f"digit {index + 1}", rf"{before}{value}\b", rf"{before}(?!{value}\b)\d")


def _property(value: str, values: Sequence[str], noun: str) -> Need:
    others = "|".join(v for v in values if v != value)
    return Need(noun, rf"\b{value} {noun}\b", rf"\b(?:{others}) {noun}\b")


def _enumerated(things: Sequence[Thing]) -> str:
    return " ".join(f"{thing.shape} {number}." for number, thing in enumerate(things, 1))
