"""The released extraction data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import prepared
from downscaling.catalogue import datasets
from downscaling.catalogue import sources as registry
from downscaling.catalogue.readers import Vet
from downscaling.data.draws import Draw
from downscaling.data.readers import vet
from downscaling.records.files import RecordError, read
from downscaling.records.rows import Sample

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]
GQA = "images/GQA/images"


def samples(folder: Path, omitted: list[Any]) -> list[Sample]:
    """The set, read as the catalogue says from raw/vet-382k of a preset."""
    reader = datasets.training_reader("extraction", rendered=False)
    assert isinstance(reader, Vet)
    return vet.samples("extraction", reader, folder, folder.parent.parent, omitted)


def test_rows_become_requests_to_describe(source: Source, row: Row) -> None:
    """Catches an image folder other than CoIN's, a place left in the prompt, lost unicode, and two
    subsets whose first rows share an id."""
    rows = [row("GQA/images/a.png", "<image>\nDescribe it. Attend to the sign.", "Ein Café: 開店")]
    source("vet-382k", "VQAv2.json", rows, GQA)
    folder = source("vet-382k", "GQA.json", rows, GQA)
    made = samples(folder, [])
    assert [sample.id for sample in made] == ["extraction-GQA-0", "extraction-VQAv2-0"]
    assert {sample.set for sample in made} == {"extraction"}
    assert made[0].images == (f"raw/vet-382k/{GQA}/a.png",)
    assert made[0].turns[0].prompt == "Describe it. Attend to the sign."
    assert made[0].turns[0].reply == "Ein Café: 開店"


def test_rows_that_teach_nothing_are_left_out(source: Source, row: Row) -> None:
    """Catches a model that learns to reply SKIP, describes what it does not see, or says nothing;
    and ids that move when such a row goes."""
    image, ask = "GQA/images/a.png", "<image>\nDescribe it."
    rows = [
        row(None, "Describe it.", "A sign."),
        row("", "Describe it.", "A sign."),
        row(image, ask, "SKIP"),
        row(image, ask, "   "),
        row(image, "Describe it.", "A sign."),
        row([image, image], ask, "A sign."),
        row(image, ask, "A sign."),
        row("GQA/images/gone.png", ask, "A sign."),
    ]
    omitted: list[Any] = []
    folder = source("vet-382k", "GQA.json", rows, GQA)
    assert [s.id for s in samples(folder, omitted)] == ["extraction-GQA-6"]
    assert [(omission.row, omission.reason) for omission in omitted] == [
        (0, "no image"),
        (1, "no image"),
        (2, "the teacher skipped it"),
        (3, "no answer"),
        (4, "0 image places for 1 images"),
        (5, "1 image places for 2 images"),
        (7, "no image 'GQA/images/gone.png'"),
    ]
    assert [omission.image for omission in omitted if omission.image] == ["GQA/images/gone.png"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([{"index": 0, "image": "a.png", "caption": "A sign."}], r"GQA.json, row 0: no list of"),
        ('{"index": 0, "caption": "A sign."}\n', r"GQA.json: not a JSON array of rows"),
    ],
)
def test_another_layout_is_refused(source: Source, content: Any, problem: str) -> None:
    """Catches the teacher's own lines (an index and a caption), which name no image, read as if
    they were conversations."""
    folder = source("vet-382k", "GQA.json", content, GQA)
    with pytest.raises(RecordError, match=problem):
        samples(folder, [])


def test_the_door_knows_it(source: Source, row: Row, tmp_path: Path) -> None:
    """Catches an adapter that no verb reaches, and lost images that nobody counts."""
    ask = "<image>\nDescribe it."
    rows = [row(f"GQA/images/{name}.png", ask, "A sign.") for name in ("a", "b", "gone")]
    folder, out = source("vet-382k", "GQA.json", rows, GQA), tmp_path / "train.parquet"
    with pytest.raises(RecordError, match=r"extraction, 1 of 3 rows are left out, 33.3%"):
        prepared.train("extraction", folder, out)
    prepared.train("extraction", folder, out, Draw(1), missing_share=0.5)
    assert len(read(out, Sample)) == 1


def test_a_folder_without_a_file_is_named(tmp_path: Path) -> None:
    """Catches an unfinished download read as an empty set."""
    with pytest.raises(RecordError, match=r"vet-382k: no such file as \*.json"):
        samples(tmp_path / "preset/raw/vet-382k", [])


def test_its_images_are_those_of_coin() -> None:
    """Catches a subset whose images no source brings, and links that drift from CoIN's."""
    sources = registry.load()
    links, whole = sources["vet-382k"].links, sources["coin"].links
    assert links.items() <= whole.items()
    assert whole.keys() - links.keys() == {"images/ImageNet_withlabel"}
