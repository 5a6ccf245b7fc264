"""Conversations in LLaVA's layout: captions, and the families of CoIN and M4-Instruct."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downscaling.catalogue import datasets
from downscaling.catalogue.readers import Llava
from downscaling.data.readers import llava
from downscaling.data.readers.omissions import Omission
from downscaling.records.files import RecordError
from downscaling.records.rows import Sample, Turn

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]
TEXT = "<image><image>\nwhich?\noptions: left, right"


def samples(folder: Path, name: str, omitted: list[Omission] | None = None) -> list[Sample]:
    """A training set, read as the catalogue says from raw/<source> of a preset."""
    reader = datasets.training_reader(name, rendered=False)
    assert isinstance(reader, Llava)
    left_out = [] if omitted is None else omitted
    return llava.samples(name, reader, folder, folder.parent.parent, left_out)


def test_each_set_knows_where_its_images_lie(source: Source, row: Row) -> None:
    """Catches the one set's image folder used for the other, and unknown keys refused."""
    rows = [row("a.png", "describe.\n<image>", "a red square", id="1", url="x")]
    blip = source("blip558k", "blip_laion_cc_sbu_558k.json", rows)
    (sample,) = samples(blip, "blip558k")
    assert (sample.id, sample.images) == ("blip558k-0", ("raw/blip558k/images/a.png",))
    assert sample.turns[0].prompt == "describe."
    rows = [row("allava_laion/images/a.png", "<image>\ndescribe.", "a red square", id="1")]
    images = "allava_laion/images"
    allava = source("allava", "ALLaVA-Caption-LAION-4V.json", rows, images)
    (sample,) = samples(allava, "allava")
    assert (sample.id, sample.images) == ("allava-0", ("raw/allava/allava_laion/images/a.png",))


def test_two_files_of_a_set_share_no_ids(source: Source, row: Row) -> None:
    """Catches LAION's and VFLAN's first rows taken for one sample."""
    rows = [row("a.png", "<image>\ndescribe.", "a red square")]
    for name in ("LAION", "VFLAN"):
        folder = source("allava", f"ALLaVA-Caption-{name}-4V.json", rows, ".")
    assert [s.id for s in samples(folder, "allava")] == ["allava-0-0", "allava-1-0"]


def test_annotations_may_lie_one_folder_below(source: Source, row: Row) -> None:
    """Catches ALLaVA as it is published, each part's rows in its own folder, read as no set."""
    rows = [row("allava_laion/images/a.png", "<image>\ndescribe.", "a red square")]
    file, images = "allava_laion/ALLaVA-Caption-LAION-4V.json", "allava_laion/images"
    folder = source("allava", file, rows, images)
    (sample,) = samples(folder, "allava")
    assert sample.images == ("raw/allava/allava_laion/images/a.png",)


def test_a_set_without_its_file_is_named(source: Source) -> None:
    """Catches an unfinished download read as an empty set."""
    with pytest.raises(RecordError, match=r"raw/allava: no such file as ALLaVA-Caption-"):
        samples(source("allava", "other.json", []), "allava")


def test_a_row_is_one_conversation_of_several_turns(source: Source, row: Row) -> None:
    """Catches several questions on one image split up, or options lost from a training prompt."""
    rows = [
        row("a.png", "<image>\nhow many?\noptions: 1, 2", "2", "what color?", "red"),
        row(None, "what does the zorb eat?", "moss"),
    ]
    omitted: list[Omission] = []
    assert samples(source("coin", "VQAv2/train.json", rows), "vqav2", omitted) == [
        Sample(
            "vqav2-0",
            "vqav2",
            ("raw/coin/images/a.png",),
            (Turn("how many?\noptions: 1, 2", "2"), Turn("what color?", "red")),
        ),
        Sample("vqav2-1", "vqav2", (), (Turn("what does the zorb eat?", "moss"),)),
    ]
    assert omitted == []


def test_an_image_path_that_leads_out_stops_with_file_and_row(source: Source, row: Row) -> None:
    """Catches an annotation that reads /etc/passwd being left out quietly, or followed."""
    rows = [row("a.png", "<image>\nQ", "A"), row("../../../../etc/passwd", "<image>\nQ", "A")]
    with pytest.raises(RecordError, match=r"train.json, row 1: image '../../../../etc/passwd'"):
        samples(source("coin", "GQA/train.json", rows), "gqa")


def test_rows_go_to_the_family_of_their_data_set(source: Source, row: Row) -> None:
    """Catches a family that takes another's rows, ids that depend on other families, and rows of
    NIGHTS lost because they are named after the archive of their images."""
    rows = [
        row(["a.png", "b.png"], TEXT, "left", metadata={"dataset": "NIGHTS"}),
        row(["a.png", "b.png"], TEXT, "left", metadata={"dataset": "IEdit"}),
        row(["a.png", "b.png"], TEXT, "left", metadata={"dataset": "ScanQA"}),
        row(["c.png", "d.png"], TEXT, "right", metadata={"dataset": "PieAPP"}),
        row(["d.png", "a.png"], TEXT, "left", metadata={"dataset": "dreamsim"}),
    ]
    folder = source("m4", "m4_instruct_annotations.json", rows)
    omitted: list[Omission] = []
    similar = samples(folder, "perceptual-similarity", omitted)
    assert [(s.id, s.images[0]) for s in similar] == [
        ("perceptual-similarity-0", "raw/m4/images/a.png"),
        ("perceptual-similarity-1", "raw/m4/images/c.png"),
        ("perceptual-similarity-2", "raw/m4/images/d.png"),
    ]
    assert [s.id for s in samples(folder, "image-edit", omitted)] == ["image-edit-0"]
    assert samples(folder, "puzzle", omitted) == []
    assert omitted == []
