"""M4-Instruct: families of several images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from downscaling.data.readers import m4
from downscaling.data.readers.annotations import Omission

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]
TEXT = "<image><image>\nwhich?\noptions: left, right"


def test_rows_go_to_the_family_of_their_data_set(source: Source, row: Row) -> None:
    """Catches a family that takes another's rows, and ids that depend on other families."""
    rows = [
        row(["a.png", "b.png"], TEXT, "left", metadata={"dataset": "NIGHTS"}),
        row(["a.png", "b.png"], TEXT, "left", metadata={"dataset": "IEdit"}),
        row(["a.png", "b.png"], TEXT, "left", metadata={"dataset": "ScanQA"}),
        row(["c.png", "d.png"], TEXT, "right", metadata={"dataset": "PieAPP"}),
    ]
    folder = source("m4", "m4_instruct_annotations.json", rows)
    omitted: list[Omission] = []
    similar = m4.samples(folder, "perceptual-similarity", omitted)
    assert [(s.id, s.images[0]) for s in similar] == [
        ("perceptual-similarity-0", "raw/m4/images/a.png"),
        ("perceptual-similarity-1", "raw/m4/images/c.png"),
    ]
    assert [s.id for s in m4.samples(folder, "image-edit", omitted)] == ["image-edit-0"]
    assert m4.samples(folder, "puzzle", omitted) == []
    assert omitted == []


def test_options_come_from_the_choice_list(source: Source, row: Row) -> None:
    """Catches options with commas cut up although the row lists them, and a lost axis."""
    about = {"metadata": {"dataset": "PieAPP"}}
    images, ask = ["a.png", "b.png"], "<image> <image>\nwhich?"
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
    made = m4.questions(folder, "perceptual-similarity", omitted)
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


def test_the_benchmark_is_read_under_its_published_name(source: Source, row: Row) -> None:
    """Catches test rows that are looked for only under the name that the miniature gives them."""
    told = row(["a.png", "b.png"], "<image><image>\nwhich?", "a", choice_list=["a", "b"])
    rows = [told | {"metadata": {"dataset": "NIGHTS"}}]
    folder = source("interleave-bench", "multi_image_in_domain.json", rows)
    (made,) = m4.questions(folder, "perceptual-similarity", [])
    assert made.images == (
        "raw/interleave-bench/images/a.png",
        "raw/interleave-bench/images/b.png",
    )
