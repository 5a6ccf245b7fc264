"""The record of a job as a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from downscaling.records.files import RecordError
from downscaling.runtime.run_record import RunRecord, read, write


@pytest.mark.parametrize("text", ["{", "[]", '{"stage": "tune"}', '{"verb": "tune"}'])
def test_another_file_is_named(text: str, tmp_path: Path) -> None:
    """Catches a traceback for a record that was cut off, or is of an older form."""
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(RecordError, match=r"x\.json: not the record of a job") as said:
        read(tmp_path / "x.json")
    assert "\n" not in str(said.value)
    with pytest.raises(RecordError, match=r"none\.json: no such file"):
        read(tmp_path / "none.json")


def test_records_are_json_that_people_read(tmp_path: Path) -> None:
    """Catches a record on one line, or with letters beyond ASCII spelt as numbers."""
    record = tmp_path / "x.json"
    write(record, RunRecord("render", "1", {"name": "Füße"}, "", [], {}, {}, {}, {}))
    assert '"name": "Füße"' in record.read_text("utf-8")
    assert json.loads(record.read_text("utf-8"))["stage"] == "render"
