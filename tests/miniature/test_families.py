"""Families: every example can be answered from its scenes, and only one way."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator

import pytest

from downscaling.miniature.about_pictures import UNANSWERABLE
from downscaling.miniature.families import (
    AXES,
    BOX,
    SINGLE,
    caption,
    detailed,
    family_question,
    out_of_domain,
    single,
)
from downscaling.miniature.items import Example
from downscaling.miniature.questions import KINDS
from downscaling.miniature.several import SEVERAL, perceptual_similarity
from downscaling.miniature.world import Scene, describe, held_out, scene, spoil


def several(family: str, count: int = 150) -> Iterator[tuple[list[set[str]], str, str, Example]]:
    """Names shown in each image, the question, its answer, the example."""
    rng = random.Random(9)
    for _ in range(count):
        example = SEVERAL[family](rng, "train")
        (item,) = example.items
        shown = [{thing.name for thing in world.things} for world in example.scenes]
        yield shown, item.text, item.answer, example


@pytest.mark.parametrize("family", [*SINGLE, *SEVERAL])
def test_training_examples_hold_no_held_out_combination(family: str) -> None:
    """Catches a changed or moved thing that lands on an out-of-domain combination."""
    rng = random.Random(1)
    for _ in range(150):
        draw = SEVERAL.get(family)
        example = draw(rng, "train") if draw else single(family, rng, "train", SINGLE[family][1])
        for world in example.scenes:
            assert not any(held_out(t.color, t.shape, t.cell) for t in world.things)
            assert len({t.cell for t in world.things}) == len(world.things)
            assert world.sign is None or world.sign.half == "train"


@pytest.mark.parametrize("family", SEVERAL)
def test_options_hold_the_answer_once(family: str) -> None:
    """Catches a question of several images without its answer among the options."""
    for _, _, answer, example in several(family):
        options = example.items[0].options
        assert options.count(answer) == 1
        assert len(set(options)) == len(options) > 1


@pytest.mark.parametrize("family", SINGLE)
def test_single_image_families_ask_their_kinds_once_each(family: str) -> None:
    """Catches a family that asks another's questions, or one question twice of an image."""
    kinds, questions = SINGLE[family]
    rng, asked, counts = random.Random(2), set(), []
    for _ in range(150):
        example = single(family, rng, "train", questions)
        texts = [item.text for item in example.items]
        assert len(set(texts)) == len(texts) <= questions
        asked |= {item.kind for item in example.items}
        counts.append(len(texts))
        (world,) = example.scenes
        assert (world.quality == "clean") == (family != "vizwiz")
    assert asked == set(kinds)
    assert max(counts) == questions


def test_unanswerable_is_an_option_where_it_is_wrong_too() -> None:
    """Catches VizWiz questions whose answer is `unanswerable` whenever it is listed."""
    rng, right = random.Random(5), []
    for _ in range(300):
        (item,) = single("vizwiz", rng, "train", 1).items
        if item.kind in ("color", "place", "missing"):
            assert UNANSWERABLE in item.options
            right.append(item.answer == UNANSWERABLE)
    assert 0.2 < sum(right) / len(right) < 0.6


def test_a_box_holds_its_thing_tightly() -> None:
    """Catches boxes that a perfect detector would miss at an intersection over union of 0.5."""
    rng = random.Random(3)
    for _ in range(300):
        world = scene(rng)
        item = family_question("box", world, rng)
        assert item
        left, top, right, bottom = (BOX * int(number) for number in item.answer.split())
        (thing,) = item.subjects
        a, b, c, d = thing.box
        assert left <= a < c <= right
        assert top <= b < d <= bottom
        assert (c - a) * (d - b) / ((right - left) * (bottom - top)) > 0.3


def test_the_new_and_the_gone_thing() -> None:
    """Catches the two images of spot the difference taken for each other."""
    for (first, second), text, answer, example in several("spot-the-difference"):
        change = second - first if "new" in text else first - second
        assert change == {answer}
        assert not change & (set(example.items[0].options) - {answer})


def test_one_edit_alone_leads_from_the_first_image_to_the_second() -> None:
    """Catches a second option that describes the edit as well."""
    for (first, second), _, answer, example in several("image-edit", 400):
        right = []
        for option in example.items[0].options:
            verb, *rest = option.split()
            if verb == "add":
                right.append(second - first == {rest[0]} and first <= second)
            elif verb == "remove":
                right.append(first - second == {rest[0]} and second <= first)
            else:
                painted = {name for name in first if not name.endswith(f"-{rest[0]}")}
                right.append(painted | {f"{rest[1]}-{rest[0]}"} == second != first)
        assert right.count(True) == 1, (first, second, example.items[0].options)
        assert example.items[0].options[right.index(True)] == answer


def test_the_mover_of_a_story() -> None:
    """Catches a story told backwards, and a second thing that moves too."""
    steps = {"right": 1, "left": -1, "down": 3, "up": -3}
    for _, _, answer, example in several("visual-story"):
        paths = {
            thing.shape: [
                next(t.cell for t in w.things if t.shape == thing.shape) for w in example.scenes
            ]
            for thing in example.scenes[0].things
        }
        moving = {shape: cells for shape, cells in paths.items() if len(set(cells)) > 1}
        ((shape, cells),) = moving.items()
        (step,) = {b - a for a, b in itertools.pairwise(cells)}
        assert answer == f"{shape} moves {next(w for w, s in steps.items() if s == step)}"


def test_the_sign_of_the_right_image_is_read() -> None:
    """Catches the first image's sign given for the second's."""
    for _, text, answer, example in several("text-rich-vqa"):
        sign = example.scenes["second" in text].sign
        assert sign
        assert answer == f"{sign.digits[0]} {sign.digits[1]}"


def test_which_image_has_a_thing_and_its_color_there() -> None:
    """Catches a thing that both images have where one is asked for."""
    for shown, text, answer, _ in several("multi-image-vqa"):
        shape = re.findall(r"the (\w+)", text)[0]
        colors = [[n.split("-")[0] for n in names if n.endswith(f"-{shape}")] for names in shown]
        if text.startswith("which"):
            assert [bool(found) for found in colors] == [answer == "first", answer == "second"]
        else:
            assert colors["second image" in text] == [answer]


def test_the_missing_thing_of_a_matrix() -> None:
    """Catches a matrix whose rule leads elsewhere, or that shows the missing thing."""
    for _, _, answer, example in several("puzzle"):
        rows = [[(t.shape, t.color) for t in world.things] for world in example.scenes]
        assert [len(row) for row in rows] == [3, 3, 2]
        assert all(len({shape for shape, _ in row}) == 1 for row in rows)
        assert [c for _, c in rows[0]] == [c for _, c in rows[1]]
        assert [c for _, c in rows[2]] == [c for _, c in rows[0]][:2]
        assert answer == f"{rows[0][2][1]}-{rows[2][0][0]}"


def difference(a: Scene, b: Scene) -> int:
    """How many properties of the things of two scenes differ."""
    gone = {(t.shape, t.color, t.size, t.cell) for t in a.things}
    came = {(t.shape, t.color, t.size, t.cell) for t in b.things}
    if gone == came:
        return 0
    (old,), (new,) = gone - came, came - gone
    return sum(x != y for x, y in zip(old, new, strict=True))


def test_the_image_that_is_more_alike() -> None:
    """Catches references and candidates mixed up, in either kind."""
    rng = random.Random(6)
    for _ in range(150):
        first, *rest = (example := perceptual_similarity(rng, "train", "nights")).scenes
        answer = ("second", "third").index(example.items[0].answer)
        assert [difference(first, w) for w in (rest[answer], rest[1 - answer])] == [1, 4]
        first, *rest = (example := perceptual_similarity(rng, "train", "pieapp")).scenes
        answer = ("second", "third").index(example.items[0].answer)
        assert first.noise < rest[answer].noise < rest[1 - answer].noise
        assert difference(first, rest[0]) == difference(first, rest[1]) == 0


@pytest.mark.parametrize(("category", "axis", "kind"), AXES)
def test_out_of_domain_questions_are_new_in_words_and_scenes(
    category: str, axis: str, kind: str
) -> None:
    """Catches an axis that training has seen: its wording or its combinations."""
    rng = random.Random(7)
    for _ in range(30):
        example = out_of_domain(kind, rng)
        (item,), (world,) = example.items, example.scenes
        assert item.text == item.novel
        assert all(held_out(t.color, t.shape, t.cell) for t in world.things)
        assert world.sign is None or world.sign.half == "test"
        assert len(item.options) == 4
    assert kind in {*KINDS, "eat", "live", "fear"}
    assert sum(c == category for c, _, _ in AXES) == 3
    assert sum(a == axis for _, a, _ in AXES) == 1


def test_captions_say_less_than_descriptions_and_nothing_false() -> None:
    """Catches captions that invent, and detailed ones that already tell all."""
    rng = random.Random(8)
    shorter = 0
    for _ in range(300):
        world = scene(rng)
        world = spoil(world, rng) if rng.random() < 0.3 else world
        full = describe(world)
        told = detailed(world, rng)
        shorter += len(told) < len(full)
        for thing in world.things:
            assert (thing.name in told) == (thing in world.visible)
        for sentence in re.findall(r"[^.]+\.", told):
            assert sentence.strip().rstrip(".") in full
        if world.visible:
            named = re.findall(r"\w+-\w+", caption(world, rng))
            assert named
            assert set(named) <= {thing.name for thing in world.visible}
    assert shorter > 200
