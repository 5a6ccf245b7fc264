"""BLIP558K and ALLaVA."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downscaling.data.readers import llava
from downscaling.records.files import RecordError

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def test_each_set_knows_where_its_images_lie(source: Source, row: Row) -> None:
    """Catches the one set's image folder used for the other, and unknown keys refused."""
    rows = [row("a.png", "describe.\n<image>", "a red square", id="1", url="x")]
    blip = source("blip558k", "blip_laion_cc_sbu_558k.json", rows)
    (sample,) = llava.samples(blip, "blip558k", [])
    assert (sample.id, sample.images) == ("blip558k-0", ("raw/blip558k/images/a.png",))
    assert sample.turns[0].prompt == "describe."
    rows = [row("allava_laion/images/a.png", "<image>\ndescribe.", "a red square", id="1")]
    images = "allava_laion/images"
    allava = source("allava", "ALLaVA-Caption-LAION-4V.json", rows, images)
    (sample,) = llava.samples(allava, "allava", [])
    assert (sample.id, sample.images) == ("allava-0", ("raw/allava/allava_laion/images/a.png",))


def test_two_files_of_a_set_share_no_ids(source: Source, row: Row) -> None:
    """Catches LAION's and VFLAN's first rows taken for one sample."""
    rows = [row("a.png", "<image>\ndescribe.", "a red square")]
    for name in ("LAION", "VFLAN"):
        folder = source("allava", f"ALLaVA-Caption-{name}-4V.json", rows, ".")
    assert [s.id for s in llava.samples(folder, "allava", [])] == ["allava-0-0", "allava-1-0"]


def test_annotations_may_lie_one_folder_below(source: Source, row: Row) -> None:
    """Catches ALLaVA as it is published, each part's rows in its own folder, read as no set."""
    rows = [row("allava_laion/images/a.png", "<image>\ndescribe.", "a red square")]
    file, images = "allava_laion/ALLaVA-Caption-LAION-4V.json", "allava_laion/images"
    folder = source("allava", file, rows, images)
    (sample,) = llava.samples(folder, "allava", [])
    assert sample.images == ("raw/allava/allava_laion/images/a.png",)


def test_a_set_without_its_file_is_named(source: Source) -> None:
    """Catches an unfinished download read as an empty set."""
    with pytest.raises(RecordError, match=r"ALLaVA-Caption-.*no such file"):
        llava.samples(source("allava", "other.json", []), "allava", [])
