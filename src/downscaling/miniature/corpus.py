"""The text that the miniature's language models are pretrained on: it stands for the web.

A document is a conversation about one description: questions answered at once, with steps, or
openly; listings; comparisons of several descriptions; what to observe for a question. Every
combination and both wordings occur, as a real backbone has read about everything; what the study's
training sets hold is another matter.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Mapping

from ..prompts.miniature import PROMPTS as MINIATURE
from ..prompts.templates import ANSWER, OBSERVE
from ..records.rows import Question
from .curriculum import PHASES, Phase
from .families import doubtful
from .items import Item
from .questions import ask
from .several import ORDINALS, SEVERAL
from .tokenizer import CLOSE, END, START, THINK
from .world import Scene, describe, scene, spoil

PROMPT_WEIGHT = 0.02  # of the loss on what the user says; answers weigh 1


@dataclasses.dataclass(frozen=True)
class Segment:
    """A piece of a document and the weight of the loss on its tokens."""

    text: str
    weight: float


def document(rng: random.Random, phase: Phase) -> list[Segment]:
    """One pretraining document of a phase."""
    share = rng.random()
    if share < phase.observing:
        return _observing(rng)
    if share < 2 * phase.observing:
        return _comparing(rng)
    count = (2, 4) if rng.random() < 0.5 else (1, 4)
    world = scene(rng, split="train", count=count, anything=True)
    if rng.random() < 0.15:
        world = spoil(world, rng)
    listing = rng.random() < phase.listing and bool(world.visible)
    items = _items(world, rng, phase.questions // 2 if listing else phase.questions, phase)
    description = _partial(world, items, everything=listing, rng=rng)
    exchanges = [_listing(world, rng)] if listing else []
    exchanges += [
        _exchange(item, rng, phase.modes, first=not exchanges and i == 0)
        for i, item in enumerate(items)
    ]
    head = f"description: {description}\n"
    return [
        segment
        for i, (prompt, reply) in enumerate(exchanges)
        for segment in _turn(head + prompt if i == 0 else prompt, reply)
    ]


def _items(world: Scene, rng: random.Random, count: int, phase: Phase) -> list[Item]:
    weights = [phase.weights.get(kind, 1.0) for kind in phase.kinds]
    items: list[Item] = []
    while len(items) < count:
        item = ask(rng.choices(phase.kinds, weights)[0], world, rng)
        if item and rng.random() < 0.3:
            item = doubtful(item, rng)
        if item:
            items.append(dataclasses.replace(item, text=item.novel) if rng.random() < 0.5 else item)
    return items


def _exchange(
    item: Item, rng: random.Random, modes: Mapping[str, float], first: bool
) -> tuple[str, str]:
    """Prompt and reply of one question; a document's first prompt has the reasoner's full form."""
    mode = rng.choices(list(modes), list(modes.values()))[0]
    head = "question: " if first else ""
    if mode == "open":
        return head + item.text, item.answer
    if mode == "choice":
        return f"{head}{item.text}\n{MINIATURE.choices(item.options, 'text')}", item.answer
    question = Question("", "", "", "", (), item.text, item.options, "", "choice")
    prompt = MINIATURE.reasoning(question, "", "text", mode).split("\n", 1)[1]
    steps = f"\n{item.steps}\n" if mode == "think" else "\n\n"
    return prompt, f"{THINK}{steps}{CLOSE}\n\n{ANSWER} {item.answer}"


def _turn(prompt: str, reply: str) -> list[Segment]:
    """An exchange in chat format. An empty think block is given, not learned; an opened one is
    learned up to its close."""
    plain = f"{THINK}\n\n{CLOSE}\n\n"
    opening = plain if reply.startswith(plain) else THINK if reply.startswith(THINK) else ""
    return [
        Segment(f"{START}user\n{prompt}{END}\n{START}assistant\n", PROMPT_WEIGHT),
        Segment(opening, 0.0),
        Segment(f"{reply[len(opening) :]}{END}\n", 1.0),
    ]


def _observing(rng: random.Random) -> list[Segment]:
    """What to observe for a question, for a few questions."""
    segments: list[Segment] = []
    for _ in range(4):
        world = scene(rng, count=(2, 4), anything=True)
        (item,) = _items(world, rng, 1, PHASES[-1])
        plain = f"{THINK}\n\n{CLOSE}\n\n"
        prompt = MINIATURE.observe.format(question=item.text)
        segments += _turn(prompt, f"{plain}{OBSERVE} {item.focus}")
    return segments


def _comparing(rng: random.Random) -> list[Segment]:
    """A question about several descriptions, as families of several images ask."""
    family = rng.choice(list(SEVERAL))
    if family == "perceptual-similarity":
        example = SEVERAL[family](rng, "train", "nights")  # pixel noise is in no description
    else:
        example = SEVERAL[family](rng, "train")
    worlds = zip(ORDINALS, example.scenes, strict=False)
    descriptions = [f"{ordinal}: {describe(world)}" for ordinal, world in worlds]
    (item,) = example.items
    prompt = "\n".join([*descriptions, item.text])
    if rng.random() < 0.5:
        prompt += "\n" + MINIATURE.choices(item.options, "text")
    return _turn(prompt, item.answer)


def _listing(world: Scene, rng: random.Random) -> tuple[str, str]:
    """All things of a description in another order: in the same words or in another form.

    Telling them again in the same words teaches a model soonest to find a word and read on from it,
    on which most questions rest.
    """
    forms: dict[str, Callable[..., str]] = {
        "name": lambda t: t.text,
        "shape": lambda t: f"{t.shape} {t.color} {t.place}.",
        "color": lambda t: f"{t.color} {t.shape} {t.size}.",
        "place": lambda t: f"{t.place} {t.shape} {t.color}.",
    }
    by = rng.choices(list(forms), (0.4, 0.2, 0.2, 0.2))[0]
    things = rng.sample(world.visible, len(world.visible))
    return f"list the objects by {by}.", " ".join(forms[by](thing) for thing in things)


def _partial(world: Scene, items: list[Item], everything: bool, rng: random.Random) -> str:
    """A description that holds what the questions need; the rest is often left out or moved."""
    if everything or rng.random() < 0.5:
        return describe(world)
    needed = {thing for item in items for thing in item.subjects}
    # Counting, ordering and an absent thing need everything that is there.
    if any(item.kind in ("missing", "extreme") for item in items):
        needed = set(world.visible)
    sizes = any(item.kind in ("size", "count-size") for item in items) or rng.random() < 0.5
    parts = [
        t.text if sizes else t.unsized for t in world.visible if t in needed or rng.random() < 0.5
    ]
    if world.sign and (any(item.sign for item in items) or rng.random() < 0.5):
        parts.append(world.sign.text)
    setting = any(item.background for item in items)
    if setting or rng.random() < 0.5:
        parts.append(f"{world.background} background.")
    if setting or rng.random() < 0.5:
        parts.append(f"{world.quality} image.")
    if rng.random() < 0.5:
        rng.shuffle(parts)
    return " ".join(parts)
