"""What a set's records miss: it is listed, and too much of it stops the rule."""

from __future__ import annotations

import csv
import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import prepared
from downscaling.data.missing import grouped
from downscaling.records.files import RecordError, read
from downscaling.records.rows import Question, Sample

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def listed(path: Path) -> list[dict[str, str]]:
    """The rows of a list of what was left out."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_what_is_left_out_is_listed_with_its_reason(
    source: Source, row: Row, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Catches a set that shrinks without a trace, and a list of missing images alone."""
    rows = [row("a.png", "<image>\nQ", "A") for _ in range(6)]
    rows += [row("gone.png", "<image>\nQ", "A"), row("a.png", "no place", "A")]
    folder, out = source("coin", "GQA/train.json", rows), tmp_path / "gqa" / "train.parquet"
    with caplog.at_level(logging.WARNING):
        omitted = prepared.train("gqa", folder, out, missing_share=0.25)
    assert len(read(out, Sample)) == 6
    assert "train.json, row 6 left out: no image 'gone.png'" in caplog.text
    told = listed(tmp_path / "gqa" / "train.missing.csv")
    assert [(one["image"], one["reason"], one["row"]) for one in told] == [
        ("gone.png", "not among the files that were fetched", "6"),
        ("", "0 image places for 1 images", "7"),
    ]
    assert told[0]["file"].endswith("GQA/train.json")
    assert grouped(folder, [*omitted, dataclasses.replace(omitted[1], row=9)]) == [
        {"file": "GQA/train.json", "reason": "no image 'gone.png'", "count": 1, "rows": [6]},
        {
            **{"file": "GQA/train.json", "reason": "0 image places for 1 images"},
            **{"count": 2, "rows": [7, 9]},
        },
    ]


def test_a_damaged_image_costs_its_rows_as_a_missing_one_does(
    source: Source, row: Row, tmp_path: Path, picture: bytes
) -> None:
    """Catches a truncated image that stops a whole set, and one that is kept until a tuning ends
    with it."""
    rows = [row("a.png", "<image>\nQ", "A") for _ in range(6)]
    rows += [row("cut.jpg", "<image>\nQ", "A") for _ in range(2)]
    folder, out = source("coin", "GQA/train.json", rows), tmp_path / "train.parquet"
    (folder / "images" / "cut.jpg").write_bytes(picture[:50])
    prepared.train("gqa", folder, out, missing_share=0.25)
    assert len(read(out, Sample)) == 6
    missing = listed(tmp_path / "train.missing.csv")
    assert [(row["image"], row["row"]) for row in missing] == [("cut.jpg", "6"), ("cut.jpg", "7")]
    for damaged in missing:
        assert damaged["reason"].startswith("image 'cut.jpg': not a readable image (")
    with pytest.raises(RecordError, match=r"2 of 8 rows are left out, 25%, and 24%"):
        prepared.train("gqa", folder, out, missing_share=0.24)


@pytest.mark.parametrize("fault", ["image", "places"])
@pytest.mark.parametrize(("lost", "allowed"), [(1, True), (2, False)])
def test_more_than_the_allowed_share_stops_with_the_list(
    source: Source, row: Row, tmp_path: Path, lost: int, allowed: bool, fault: str
) -> None:
    """Catches a bound of one row more or less, one that knows missing images alone, and a refusal
    without the list and the key that it names."""
    faults = {"image": row("gone.png", "<image>\nQ", "A"), "places": row("a.png", "Q", "A")}
    rows = [row("a.png", "<image>\nQ", "A") for _ in range(200 - lost)] + [faults[fault]] * lost
    folder, out = source("coin", "GQA/train.json", rows), tmp_path / "train.parquet"
    if allowed:
        prepared.train("gqa", folder, out, missing_share=0.005)  # of 200 rows that is one
    else:
        with pytest.raises(RecordError) as caught:
            prepared.train("gqa", folder, out, missing_share=0.005)
        told = str(caught.value)
        assert told.startswith(f"{folder}/GQA/train.json, row 198: ")
        assert told.endswith(
            "of the training rows of gqa, 2 of 200 rows are left out, 1%, and 0.5% are allowed "
            f"(sources.missing_share); they are listed in {tmp_path / 'train.missing.csv'}; "
            "mend them, or go on without them: sources.missing_share: 0.01"
        )
    assert out.exists() == allowed
    assert len(listed(tmp_path / "train.missing.csv")) == lost


@pytest.mark.parametrize("kind", ["train", "questions"])
def test_a_set_is_whole_unless_one_says_otherwise(
    source: Source, row: Row, tmp_path: Path, kind: str
) -> None:
    """Catches a training set or a family that loses rows nobody allowed it to."""
    told = {"text": "Q\noptions: a, b", "answer": "a"}
    rows = [row("a.png", "<image>\nQ", "A"), row("a.png", "Q", "A")]
    if kind == "questions":
        rows = [told | {"image": "a.png"}, told | {"answer": "none"}]
    folder = source("coin", f"GQA/{kind.replace('questions', 'test')}.json", rows)
    with pytest.raises(RecordError, match=r"row 1: .*1 of 2 rows are left out, 50%, and 0% are"):
        getattr(prepared, kind)("gqa", folder, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()
    getattr(prepared, kind)("gqa", folder, tmp_path / "out.parquet", missing_share=0.5)


def test_what_costs_no_row_is_listed_and_not_counted(
    source: Source, row: Row, tmp_path: Path
) -> None:
    """Catches a set that is refused for rows of other sets in its file, or for a turn of a row that
    it keeps."""
    about = {"metadata": {"dataset": "VISION"}}
    rows = [
        row(["a.png", "b.png"], "<image><image>\nQ", "A", "More?", " ", **about),
        row(["a.png", "b.png"], "<image><image>\nQ", "A"),
    ]
    folder, out = source("m4", "m4_instruct_annotations.json", rows), tmp_path / "train.parquet"
    prepared.train("multi-image-vqa", folder, out)
    assert len(read(out, Sample)) == 1
    assert [(one["reason"], one["row"]) for one in listed(tmp_path / "train.missing.csv")] == [
        ("turn 1: empty answer", "0"),
        ("its metadata names no data set", "1"),
    ]


def test_a_source_that_was_not_fetched_is_named(source: Source, tmp_path: Path) -> None:
    """Catches "not there" for a hundred thousand images of which one command was forgotten."""
    rows = [{"image": "COCO2014/val2014/x.jpg", "text": "Q\noptions: a, b", "answer": "a"}]
    folder = source("coin", "VQAv2/val.json", rows)
    (folder / "images" / "COCO2014").symlink_to("../../coco2014")
    with pytest.raises(RecordError, match="no usable questions of vqav2: all 1 rows are left out"):
        prepared.questions("vqav2", folder, tmp_path / "test.parquet")
    (missing,) = listed(tmp_path / "test.missing.csv")
    assert missing["reason"] == "coco2014 is not fetched: downscaling fetch coco2014"


def test_a_list_goes_when_nothing_is_missing_any_more(
    source: Source, tmp_path: Path, picture: bytes
) -> None:
    """Catches a list of yesterday beside a whole set."""
    rows = [{"image": "gone.png", "text": "Q\noptions: a, b", "answer": "a"}]
    folder, out = source("coin", "GQA/test.json", rows), tmp_path / "test.parquet"
    with pytest.raises(RecordError, match="not among the files that were fetched; no us"):
        prepared.questions("gqa", folder, out)
    (folder / "images" / "gone.png").write_bytes(picture)
    prepared.questions("gqa", folder, out)
    assert len(read(out, Question)) == 1
    assert [path.name for path in tmp_path.glob("test.*")] == ["test.parquet"]
