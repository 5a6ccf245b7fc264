"""The files of a source."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.data.readers.files import matching, rows
from downscaling.records.files import RecordError


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"a": 1}, {"b": }]', "row 1: not JSON"),
        ('[{"a": 1} {"b": 2}]', "row 1: not JSON"),
        ('[{"a": 1}, 7]', "row 1: a int, not an object"),
        ('{"a": 1}', "not a JSON array"),
        ("", "not a JSON array"),
        ("[" * 100_000, "row 0: not JSON"),
    ],
)
def test_a_broken_file_is_named_with_its_row(tmp_path: Path, text: str, problem: str) -> None:
    """Catches a message without a place to look at, and a traceback instead of one line."""
    path = tmp_path / "train.json"
    path.write_text(text, "utf-8")
    with pytest.raises(RecordError) as caught:
        list(rows(path))
    assert str(path) in str(caught.value)
    assert problem in str(caught.value)


def test_a_missing_file_and_other_bytes_are_named(tmp_path: Path) -> None:
    """Catches an error of Python's own where a download is missing or is no text."""
    with pytest.raises(RecordError, match="no such file"):
        list(rows(tmp_path / "train.json"))
    (tmp_path / "train.json").write_bytes(b"\xff\xfe[]")
    with pytest.raises(RecordError, match="not UTF-8"):
        list(rows(tmp_path / "train.json"))


def test_a_byte_order_mark_and_no_rows_are_no_fault(tmp_path: Path) -> None:
    """Catches a file from another editor, or an empty one, refused as broken."""
    (tmp_path / "train.json").write_text("\ufeff [ ]\n", "utf-8")
    assert list(rows(tmp_path / "train.json")) == []


def test_files_are_found_once_and_in_order(tmp_path: Path) -> None:
    """Catches a file that two patterns match read twice, and an order that the disk decides."""
    for name in ("b.json", "a.json", "part/c.json", "a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = matching(tmp_path, ("*.json", "a.*", "*/*.json"))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        *("a.json", "a.txt", "b.json", "part/c.json"),
    ]
    assert matching(tmp_path / "a.txt", ("*.json",)) == [tmp_path / "a.txt"]
    with pytest.raises(RecordError, match=r"no such file as \*.csv or \*.tsv"):
        matching(tmp_path, ("*.csv", "*.tsv"))
