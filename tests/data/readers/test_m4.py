"""Test questions of several images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from downscaling.catalogue.datasets import load
from downscaling.catalogue.readers import M4
from downscaling.data.readers import m4
from downscaling.data.readers.omissions import Omission
from downscaling.records.rows import Question

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def questions(folder: Path, name: str, omitted: list[Omission]) -> list[Question]:
    """A family's questions, read as the catalogue says from raw/<source> of a preset."""
    reader = load()[folder.name].questions[name]
    assert isinstance(reader, M4)
    return m4.questions(name, reader, folder, folder.parent.parent, omitted)


def test_options_come_from_the_choice_list(source: Source, row: Row) -> None:
    """Catches options with commas cut up although the row lists them, and a lost axis."""
    about = {"metadata": {"dataset": "PieAPP"}}
    images, ask = ["a.png", "b.png"], "<image><image>\nwhich?"
    rows = [
        row(images, f"{ask}\noptions: a, b, c", "c", choice_list=["a, b", "c"], **about),
        row(images, f"{ask}\noptions: a, b", "b", **about),
        row(images, ask, "a", choice_list=["a", "b"], **about),
        row(images, ask, "z", choice_list=["a", "b"], **about),
        row(images, ask, "a", choice_list="a or b", **about),
        row(images, "<image>\nwhich?", "a", choice_list=["a", "b"], **about),
        row(images, ask, "a", "and?", "b", choice_list=["a", "b"], **about),
        row(images, ask, "a", choice_list=["a", "b"]),
    ]
    omitted: list[Omission] = []
    folder = source("m4", "m4_instruct_test.json", rows)
    made = questions(folder, "perceptual-similarity", omitted)
    assert [(q.text, q.options, q.answer, q.axis) for q in made] == [
        ("which?", ("a, b", "c"), "B", "pieapp"),
        ("which?", ("a", "b"), "B", "pieapp"),
        ("which?", ("a", "b"), "A", "pieapp"),
    ]
    assert {(q.benchmark, q.category, q.kind) for q in made} == {
        ("families", "perceptual-similarity", "choice")
    }
    assert [(o.row, o.reason) for o in omitted] == [
        (3, "its answer 'z' is none of its options"),
        (4, "its choice_list is no list of texts"),
        (5, "1 image places for 2 images"),
        (6, "asks more than one question"),
        (7, "its metadata names no data set"),
    ]


def test_the_kind_of_question_is_what_the_metadata_say(source: Source, row: Row) -> None:
    """Catches a choice without a choice_list scored as prose or shown its options twice, and a
    sentence of an open question taken for its options."""

    def told(text: str, answer: str, kind: str, choices: list[str]) -> dict[str, Any]:
        metadata = {"dataset": "VISION", "question_type": kind}
        prompt = f"<image><image>\n{text}"
        return row(["a.png", "b.png"], prompt, answer, choice_list=choices, metadata=metadata)

    truth = "Is it so?Choice List:['True', 'False'] Your answer is:"
    rows = [
        told(truth, "False", "multi-choice", []),
        told(
            'Which?\nChoice list: ["the dog\'s", "a [cat]"]. Answer: ',
            "a [cat]",
            "multi-choice",
            [],
        ),
        told(truth, "True", "multi-choice", ["True", "False"]),
        told("Which is it?", "True", "multi-choice", []),
        told("Say it.\nOptions: short, long", "It is short.", "open-ended", ["short"]),
    ]
    omitted: list[Omission] = []
    folder = source("m4", "m4_instruct_test.json", rows)
    made = questions(folder, "multi-image-vqa", omitted)
    assert [(q.text, q.options, q.answer, q.kind) for q in made] == [
        ("Is it so?", ("True", "False"), "B", "choice"),
        ("Which?", ("the dog's", "a [cat]"), "B", "choice"),
        ("Is it so?", ("True", "False"), "A", "choice"),
        ("Say it.\nOptions: short, long", (), "It is short.", "prose"),
    ]
    assert [(o.row, o.reason) for o in omitted] == [(3, "lists no options")]


def test_images_keep_their_places_in_text_and_options(source: Source, row: Row) -> None:
    """Catches images of a question that all go to the front, and those among options that are lost
    with them."""
    about = {"metadata": {"dataset": "RAVEN", "question_type": "multi-choice"}}
    images = ["a.png", "b.png", "a.png"]
    within, listed = "Is <image> nearer to <image> than to <image>?", "Which is <image>?\n"
    rows = [
        row(images, f"{within}\nOptions: yes, no", "no", **about),
        row(images, f"{listed}A. <image>\nB. <image>", "B", choice_list=["A", "B"], **about),
        row(images, f"{listed}A. <image> one\nB. <image> two", "B", **about),
    ]
    folder = source("m4", "m4_instruct_test.json", rows)
    made = questions(folder, "puzzle", [])
    assert {q.placed for q in made} == {3}
    assert [(q.text, q.options, q.answer) for q in made] == [
        (within, ("yes", "no"), "B"),
        (f"{listed}A. <image>\nB. <image>", ("A", "B"), "B"),
        (listed.strip(), ("<image> one", "<image> two"), "B"),
    ]


def test_the_benchmark_is_read_under_its_published_name(source: Source, row: Row) -> None:
    """Catches test rows that are looked for only under the names that the miniature gives them
    and their data set."""
    told = row(["a.png", "b.png"], "<image><image>\nwhich?", "a", choice_list=["a", "b"])
    rows = [told | {"metadata": {"dataset": name}} for name in ("NIGHTS", "dreamsim")]
    folder = source("interleave-bench", "multi_image_in_domain.json", rows)
    made = questions(folder, "perceptual-similarity", [])
    image = "raw/interleave-bench/images"
    assert [q.axis for q in made] == ["nights", "nights"]
    assert made[0].images == (f"{image}/a.png", f"{image}/b.png")
