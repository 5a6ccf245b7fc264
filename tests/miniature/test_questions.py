"""Questions: each answer follows from the description, by rules written here a second time."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator

import pytest

from downscaling.miniature.about_pictures import UNANSWERABLE
from downscaling.miniature.items import Item, focused
from downscaling.miniature.knowledge import KNOWLEDGE
from downscaling.miniature.options import choose
from downscaling.miniature.questions import KINDS, ask
from downscaling.miniature.world import CELLS, SHAPES, Scene, describe, scene, spoil

THING = re.compile(r"(\w+)-(\w+) (\w+)-(\w+) (small|large)\.")
SIGN = re.compile(r"sign says (\d) (\d)")
ROWS, COLUMNS = ["top", "middle", "bottom"], ["left", "center", "right"]
Told = list[tuple[str, str, int, int, str]]  # colour, shape, row, column, size


def drawn(kind: str, count: int = 150) -> Iterator[tuple[Scene, Item]]:
    """Questions of one kind about scenes of all sorts."""
    rng = random.Random(3)
    while count:
        world = scene(rng, anything=True)
        world = spoil(world, rng) if rng.random() < 0.3 else world
        item = ask(kind, world, rng)
        if item:
            count -= 1
            yield world, item


def told(text: str) -> Told:
    """The things of a full description."""
    return [
        (color, shape, ROWS.index(row), COLUMNS.index(column), size)
        for color, shape, row, column, size in THING.findall(text)
    ]


def one(things: Told, shape: str) -> tuple[str, str, int, int, str]:
    """The only thing of a shape."""
    (found,) = [thing for thing in things if thing[1] == shape]
    return found


def place(thing: tuple[str, str, int, int, str]) -> str:
    """A thing's cell by name."""
    return f"{ROWS[thing[2]]}-{COLUMNS[thing[3]]}"


def side(a: tuple[str, str, int, int, str], b: tuple[str, str, int, int, str]) -> str:
    """Where a stands from b, in one row or column."""
    if a[2] == b[2]:
        return "left" if a[3] < b[3] else "right"
    assert a[3] == b[3]
    return "above" if a[2] < b[2] else "below"


def beside(text: str, things: Told) -> str:
    """The colour of what stands next to a thing."""
    word, shape = re.findall(r"object (.+) the (\w+)\?", text)[0]
    row, column = one(things, shape)[2:4]
    down, right = {"left of": (0, -1), "right of": (0, 1), "above": (-1, 0), "below": (1, 0)}[word]
    (found,) = [thing for thing in things if thing[2:4] == (row + down, column + right)]
    return found[0]


def extreme(text: str, things: Told) -> str:
    """The one thing that stands farthest to a side."""
    key = {
        "lowest": lambda t: t[2],
        "highest": lambda t: -t[2],
        "leftmost": lambda t: -t[3],
        "rightmost": lambda t: t[3],
    }[re.findall(r"(\w+)\?", text)[0]]
    best = max(map(key, things))
    (found,) = [thing for thing in things if key(thing) == best]
    return found[1]


def last(text: str) -> str:
    """A question's last word."""
    return re.findall(r"([\w-]+)\?", text)[-1]


def digits(text: str) -> list[int]:
    """The digits that a description gives a sign."""
    return [int(digit) for digit in SIGN.findall(text)[0]]


# Each kind's answer, from the question and the description alone.
ANSWERS: dict[str, Callable[[str, str, Told], str]] = {
    "color": lambda q, d, t: one(t, last(q))[0],
    "shape": lambda q, d, t: next(x[1] for x in t if x[0] == q.split()[4]),
    "size": lambda q, d, t: one(t, last(q))[4],
    "place": lambda q, d, t: place(one(t, last(q))),
    "at": lambda q, d, t: next(x[1] for x in t if place(x) == last(q)),
    "name": lambda q, d, t: f"{t[0][0]}-{t[0][1]}",
    "count": lambda q, d, t: str(len(t)),
    "count-size": lambda q, d, t: str(sum(x[4] == q.split()[2] for x in t)),
    "count-without": lambda q, d, t: str(sum(x[1] != last(q) for x in t)),
    "relation": lambda q, d, t: side(one(t, q.split()[3]), one(t, last(q))),
    "beside": lambda q, d, t: beside(q, t),
    "same-color": lambda q, d, t: next(
        x[1] for x in t if x[0] == one(t, last(q))[0] and x[1] != last(q)
    ),
    "extreme": lambda q, d, t: extreme(q, t),
    "sign": lambda q, d, t: " ".join(map(str, digits(d))),
    "digit": lambda q, d, t: str(digits(d)["second" in q]),
    "larger-digit": lambda q, d, t: str(max(digits(d))),
    "digit-sum": lambda q, d, t: str(sum(digits(d))),
    "background": lambda q, d, t: re.findall(r"(\w+) background", d)[0],
    "quality": lambda q, d, t: re.findall(r"(\w+) image", d)[0],
    "missing": lambda q, d, t: UNANSWERABLE if f"-{last(q)} " not in d else "shown",
    "knowledge": lambda q, d, t: KNOWLEDGE[q.split()[3], last(q)],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_follows_from_the_description(kind: str) -> None:
    """Catches a wrong gold answer, or one that needs what a patch hides."""
    for world, item in drawn(kind):
        text = describe(world)
        assert ANSWERS[kind](item.text, text, told(text)) == item.answer, (item.text, text)


@pytest.mark.parametrize("kind", KINDS)
def test_the_options_hold_the_answer_once(kind: str) -> None:
    """Catches questions with two right options, none, or too few to choose from."""
    for _, item in drawn(kind):
        assert item.options.count(item.answer) == 1
        assert len(set(item.options)) == len(item.options) == 4, item


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_stands_at_any_place(kind: str) -> None:
    """Catches options whose order gives the answer away."""
    places = [item.options.index(item.answer) for _, item in drawn(kind, 200)]
    assert all(25 < places.count(letter) < 80 for letter in range(4))


@pytest.mark.parametrize("kind", KINDS)
def test_the_held_out_wording_differs(kind: str) -> None:
    """Catches an out-of-domain question in the words of training."""
    for _, item in drawn(kind, 20):
        assert item.novel != item.text
        assert not item.novel.startswith(item.text.rstrip("?."))


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_description_states_every_needed_fact(kind: str) -> None:
    """Catches patterns that miss a fact in the words in which it is told, or call it misstated."""
    for world, item in drawn(kind):
        for text in (describe(world), focused(world, [item])):
            for need in item.needs:
                assert re.search(need.states, text), (need, text)
                assert not re.search(need.misstates, text), (need, text)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "knowledge"])
def test_a_description_of_another_scene_lacks_or_misstates_a_fact(kind: str) -> None:
    """Catches patterns that match whatever is said: fact recall would always be 1."""
    held = list(drawn(kind, 60))
    faulted = 0
    for (_, item), (world, _) in itertools.pairwise(held):
        other = describe(world)
        states = all(re.search(need.states, other) for need in item.needs)
        faulted += not states or any(re.search(need.misstates, other) for need in item.needs)
    assert faulted > len(held) / 4


def test_knowledge_needs_nothing_from_the_image() -> None:
    """Catches knowledge questions counted in fact recall, and a fact with two answers."""
    assert all(not item.needs for _, item in drawn("knowledge", 50))
    assert len(KNOWLEDGE) == 72


def test_an_answerable_question_never_looks_unanswerable() -> None:
    """Catches an unanswerable question about a thing that is to be seen."""
    for world, item in drawn("missing", 300):
        shape = last(item.text)
        assert shape in SHAPES
        assert shape not in {thing.shape for thing in world.visible}


def test_focus_and_statement_tell_what_is_asked() -> None:
    """Catches a statement without the answer: the teacher's description could leave it out."""
    for kind in KINDS:
        for _, item in drawn(kind, 20):
            assert item.statement == f"{item.focus} is {item.answer}."
            assert item.focus
            assert not item.focus.endswith((".", "?"))


def test_a_focused_description_tells_the_asked_things_first_and_all_the_rest() -> None:
    """Catches descriptions for training that drop what nobody asked about, or tell it twice."""
    rng = random.Random(8)
    for world, item in drawn("relation"):
        text = focused(world, [item])
        asked = [thing.text for thing in item.subjects]
        assert text.startswith(" ".join(asked))
        assert sorted(text.split()) == sorted(describe(world).split())
        shuffled = [ask(kind, world, rng) for kind in KINDS]
        several = focused(world, [i for i in shuffled if i])
        assert sorted(several.split()) == sorted(describe(world).split())


@pytest.mark.parametrize(("kind", "joined"), [("name", "-"), ("sign", " ")])
def test_no_option_resembles_the_others_more_than_another_does(kind: str, joined: str) -> None:
    """Catches distractors that resemble the answer alone: it then stands out without an image."""
    rng = random.Random(4)
    for _ in range(100):
        item = ask(kind, scene(rng, count=(1, 1), sign=True), rng)
        assert item
        for part in zip(*(option.split(joined) for option in item.options), strict=True):
            assert sorted(map(part.count, part)) == [2, 2, 2, 2]


def test_a_sum_stands_at_any_place_among_its_neighbours() -> None:
    """Catches sums that always are the middle of their options."""
    rng, places = random.Random(4), []
    for _ in range(400):
        item = ask("digit-sum", scene(rng, sign=True), rng)
        assert item
        places.append(sorted(map(int, item.options)).index(int(item.answer)))
    assert min(map(places.count, range(4))) > 60


def test_choose_prefers_likely_distractors_but_never_the_answer() -> None:
    """Catches easy options where hard ones are known, and options that repeat."""
    rng = random.Random(1)
    for _ in range(100):
        options = choose(rng, "red", ["red", "a", "b", "c", "d"], ["x", "red", "x", "y"])
        assert {"red", "x", "y"} < set(options)
        assert len(set(options)) == len(options) == 4
    assert sorted(choose(rng, "a", ["a", "b"])) == ["a", "b"]
    assert len(CELLS) == 9
