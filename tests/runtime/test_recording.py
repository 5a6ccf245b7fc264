"""What is kept of a job: a record that is the same each time, and a measurement that is not."""

from __future__ import annotations

import datetime
import platform
import time
from pathlib import Path

import pytest

from downscaling.records.files import digest
from downscaling.runtime import measurement, run_record
from downscaling.runtime.digests import MANIFEST
from downscaling.runtime.measurement import Measurement
from downscaling.runtime.recording import recorded
from downscaling.runtime.run_record import RunRecord


def job(root: Path, seconds: float) -> tuple[RunRecord, Measurement]:
    """Do a job that reads a result and a measurement, makes a folder and a timed figure, and takes
    some seconds; what is kept of it."""
    (root / "measured/jobs").mkdir(parents=True)
    (root / "in.txt").write_text("in")
    other = root / "measured/jobs/other.json"
    other.write_text(f"took {seconds}")
    inputs = {"samples": [root / "in.txt"], "taken": [other], "none": []}
    outputs = {"model": [root / "model"], "figure": [root / "measured/figure.csv"]}
    record, measured = root / "provenance/x.json", root / "measured/jobs/x.json"
    settings = '{"seed": 1}'
    with recorded("tune", settings, "abc", root, inputs, outputs, record, measured) as told:
        (root / "model").mkdir()
        (root / "model/weights").write_text("w")
        (root / "measured/figure.csv").write_text(f"{seconds}")
        told.results["visual_samples"] = 12
        told.seconds_of[str(root / "model")] = seconds
        time.sleep(seconds)
    return run_record.read(record), measurement.read(measured)


def test_a_record_names_everything_that_went_in_and_came_out(tmp_path: Path) -> None:
    """Catches inputs without a digest, outputs without one, and a folder that is not sealed."""
    told, _ = job(tmp_path, 0.0)
    assert (told.stage, told.settings, told.code) == ("tune", {"seed": 1}, "abc")
    read = str(tmp_path / "in.txt")
    assert told.inputs["samples"] == {read: digest(tmp_path / "in.txt")}
    assert told.outputs["model"] == {f"{tmp_path}/model/": digest(tmp_path / "model" / MANIFEST)}
    assert "none" not in told.inputs
    assert told.results == {"visual_samples": 12}
    assert "downscaling.records.files" in told.modules


def test_the_record_is_the_same_each_time(tmp_path: Path) -> None:
    """Catches seconds, a date or the machine in a record, and the digest of a file that holds
    such."""
    texts = []
    for name, seconds in (("one", 0.0), ("two", 1.1)):
        job(tmp_path / name, seconds)
        text = (tmp_path / name / "provenance/x.json").read_text()
        texts.append(text.replace(str(tmp_path / name), ""))
    assert texts[0] == texts[1]


def test_the_measurement_says_when_where_and_how_long(tmp_path: Path) -> None:
    """Catches a job whose seconds are lost, a peak of memory in another unit, and a measured file
    whose digest is nowhere."""
    record, taken = job(tmp_path, 1.1)
    assert taken.seconds >= 1.1
    assert taken.seconds_of == {str(tmp_path / "model"): 1.1}
    started, ended = map(datetime.datetime.fromisoformat, (taken.started, taken.ended))
    assert 1 <= (ended - started).total_seconds() <= taken.seconds + 1
    assert (taken.host, taken.python) == (platform.node(), platform.python_version())
    assert taken.device.startswith("CPU (")
    assert 20 < taken.memory < 100_000
    measured = [tmp_path / "measured/jobs/other.json", tmp_path / "measured/figure.csv"]
    assert taken.digests == {str(file): digest(file) for file in measured}
    assert record.paths_read[str(measured[0])] == record.paths_written[str(measured[1])] == ""


def test_a_job_that_failed_leaves_no_record(tmp_path: Path) -> None:
    """Catches a record that says a result is whole, of a job that died before it was."""
    record, measured = tmp_path / "x.json", tmp_path / "measured/x.json"
    outputs = {"model": [tmp_path / "none"]}
    with (
        pytest.raises(KeyError),
        recorded("tune", "{}", "", tmp_path, {}, outputs, record, measured),
    ):
        raise KeyError
    assert not record.exists()
    assert not measured.exists()
