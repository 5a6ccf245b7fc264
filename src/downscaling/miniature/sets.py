"""What each set of the miniature holds: the examples of its tests, the conversations it trains on.

Tests are drawn first; a training conversation that shows a scene of any test is drawn again. Each
set draws from a generator of its own, so that adding one changes no other.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Collection, Hashable
from functools import partial

from ..config.data import Data
from ..errors import UserError
from ..prompts.templates import Prompts
from ..records.files import seed_of
from ..records.rows import LETTERS, Question, Turn
from .families import (
    AXES,
    SINGLE,
    caption,
    detailed,
    out_of_domain,
    single,
)
from .items import Example, Item, focused
from .several import SEVERAL, perceptual_similarity
from .world import Scene, scene, spoil

IN_DOMAIN = ("ocrvqa", "textvqa", "scienceqa", "vqav2", "gqa", "vizwiz")
FAMILIES = (*SINGLE, *SEVERAL)
CAPTIONS = ("blip558k", "allava")
DESCRIBED = 0.10  # of the training turns of families of one image: see `_described`
UNDESCRIBED = ("scienceqa", "imagenet")  # whose images nobody is asked to describe
TEXT_ONLY = 0.30  # of ScienceQA's training rows, about as published
SPOILT = 0.15  # of ALLaVA's images
CHOICES = 4  # options of a benchmark's question
_PATIENCE = 10_000  # draws in a row that may fail


@dataclasses.dataclass(frozen=True)
class Rendering:
    """What is rendered: how many conversations and questions of each kind, and their wording."""

    data: Data
    prompts: Prompts
    answer_form: str


@dataclasses.dataclass(frozen=True)
class Conversation:
    """The scenes that it shows (none: text only), what it asks, its turns, its axis."""

    scenes: tuple[Scene, ...]
    items: tuple[Item, ...]
    turns: tuple[Turn, ...]
    axis: str = ""


@dataclasses.dataclass(frozen=True)
class Tests:
    """The examples of all evaluation: of the families by name, of the two benchmarks by category
    and by (category, axis)."""

    families: dict[str, list[Example]]
    in_domain: dict[str, list[Example]]
    out_of_domain: dict[tuple[str, str], list[Example]]

    def contents(self) -> set[Hashable]:
        """The contents of every scene that a test shows."""
        return {
            content(world)
            for group in (self.families, self.in_domain, self.out_of_domain)
            for examples in group.values()
            for example in examples
            for world in example.scenes
        }


def content(world: Scene) -> Hashable:
    """What a scene holds, without what only its pixels show: offsets, handwriting, noise, seed."""
    things = tuple((thing.shape, thing.color, thing.size, thing.cell) for thing in world.things)
    sign = (world.sign.cell, world.sign.digits) if world.sign else None
    return things, sign, world.background, world.quality, world.covered


def tests(rendering: Rendering) -> Tests:
    """All evaluation: one question an example, signs in the handwriting kept for tests."""
    families = {}
    for family in FAMILIES:
        rng = _generator(rendering, family, "test")
        places = range(rendering.data.test)
        families[family] = [_example(family, rng, "test", 1, place) for place in places]
    in_domain = {}
    for family in IN_DOMAIN:
        draw = partial(single, family, _generator(rendering, family, "in-domain"), "test", 1)
        in_domain[family] = _with_choices(rendering.data.in_domain, draw)
    by_axis = {}
    for category, axis, kind in AXES:
        draw = partial(out_of_domain, kind, _generator(rendering, axis, "out-of-domain"))
        by_axis[category, axis] = _with_choices(rendering.data.out_of_domain, draw)
    return Tests(families, in_domain, by_axis)


def training(name: str, rendering: Rendering, taken: Collection[Hashable]) -> list[Conversation]:
    """The conversations of a training set, as many as are wanted; none shows a scene whose
    content is taken.

    Raises UserError where the tests leave too few scenes.
    """
    rng = _generator(rendering, name, "train")
    conversations: list[Conversation] = []
    for place in range(rendering.data.train.get(name, 0)):
        for _ in range(_PATIENCE):
            drawn = _conversation(name, rng, rendering, place)
            if not any(content(world) in taken for world in drawn.scenes):
                break
        else:
            raise UserError(f"{name}: tests leave no scene to train on; ask for fewer of them")
        conversations.append(drawn)
    return conversations


def _generator(rendering: Rendering, name: str, split: str) -> random.Random:
    return random.Random(seed_of(rendering.data.seed, name, split))


def _example(family: str, rng: random.Random, split: str, questions: int, place: int) -> Example:
    """An example of any family. Perceptual similarity takes turns between its two kinds."""
    if family in SINGLE:
        return single(family, rng, split, questions)
    if family == "perceptual-similarity":
        return perceptual_similarity(rng, split, ("nights", "pieapp")[place % 2])
    return SEVERAL[family](rng, split)


def _with_choices(count: int, draw: Callable[[], Example]) -> list[Example]:
    """That many examples whose question has as many options as the benchmarks' questions."""
    examples: list[Example] = []
    while len(examples) < count:
        example = draw()
        if len(example.items[0].options) == CHOICES:
            examples.append(example)
    return examples


def _conversation(name: str, rng: random.Random, rendering: Rendering, place: int) -> Conversation:
    prompts = rendering.prompts
    if name in CAPTIONS:
        return _captioned(name, rng, prompts)
    questions = SINGLE[name][1] if name in SINGLE else 1
    example = _example(name, rng, "train", questions, place)
    described = DESCRIBED if name in SINGLE and name not in UNDESCRIBED else 0.0
    turns = tuple(
        _described(example.scenes[0], item, rng, prompts)
        if rng.random() < described
        else asked(item, prompts, rendering.answer_form, choices=rng.random() < 0.5)
        for item in example.items
    )
    text_only = name == "scienceqa" and rng.random() < TEXT_ONLY
    return Conversation(() if text_only else example.scenes, example.items, turns, example.axis)


def asked(item: Item, prompts: Prompts, form: str, choices: bool) -> Turn:
    """A question as a turn: with its options or openly. A box has no options.

    form: whether a choice is answered by "letter" or "text"; open questions always by text.
    """
    if not choices or not item.options:
        return Turn(item.text, item.answer)
    letter = LETTERS[item.options.index(item.answer)]
    question = Question("", "", "", "", (), item.text, item.options, letter, "choice")
    return Turn(prompts.end_to_end(question, form), letter if form == "letter" else item.answer)


def _described(world: Scene, item: Item, rng: random.Random, prompts: Prompts) -> Turn:
    """In place of a question, a description: in general, or with attention to what it asks about.

    A choice of the miniature's: a model that never saw the describing prompt would owe its gain
    from later tuning to the prompt alone, so instruction tuning holds a few such requests.
    """
    text = detailed(world, rng) if rng.random() < 0.5 else ""
    if text:
        return Turn(prompts.detail, text)
    return Turn(prompts.perceive.format(focus=item.focus), focused(world, [item]))


def _captioned(name: str, rng: random.Random, prompts: Prompts) -> Conversation:
    while True:
        world = scene(rng)
        if name == "blip558k":
            return Conversation((world,), (), (Turn(prompts.caption, caption(world, rng)),))
        world = spoil(world, rng) if rng.random() < SPOILT else world
        text = detailed(world, rng)
        if text:  # nothing is said of a scene that a patch hides whole
            return Conversation((world,), (), (Turn(prompts.detail, text),))
