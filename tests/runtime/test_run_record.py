"""The record of a job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from downscaling.records.files import RecordError, digest
from downscaling.runtime.digests import MANIFEST
from downscaling.runtime.run_record import read, recorded


def test_a_record_names_everything_that_went_in_and_came_out(tmp_path: Path) -> None:
    """Catches inputs without a digest, outputs without one, and a folder that is not sealed."""
    (tmp_path / "in.txt").write_text("in")
    model = tmp_path / "model"
    inputs = {"samples": [tmp_path / "in.txt"], "start": []}
    record = tmp_path / "provenance/tune/x.json"
    with recorded("tune", '{"seed": 1}', "abc", inputs, {"model": [model]}, record) as results:
        model.mkdir()
        (model / "weights").write_text("w")
        results["visual_samples"] = 12
    told = read(record)
    assert (told.stage, told.settings, told.code) == ("tune", {"seed": 1}, "abc")
    assert told.inputs == {"samples": {str(tmp_path / "in.txt"): digest(tmp_path / "in.txt")}}
    assert told.paths_written == {f"{model}/": digest(model / MANIFEST)}
    assert told.results == {"visual_samples": 12}
    assert "downscaling.records.files" in told.modules
    assert told.seconds >= 0


def test_a_job_that_failed_leaves_no_record(tmp_path: Path) -> None:
    """Catches a record that says a result is whole, of a job that died before it was."""
    record = tmp_path / "x.json"
    with (
        pytest.raises(KeyError),
        recorded("tune", "{}", "", {}, {"model": [tmp_path / "none"]}, record),
    ):
        raise KeyError
    assert not record.exists()


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
    with recorded("render", '{"name": "Füße"}', "", {}, {}, record):
        pass
    assert '"name": "Füße"' in record.read_text("utf-8")
    assert json.loads(record.read_text("utf-8"))["stage"] == "render"
