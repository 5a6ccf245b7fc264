"""What is kept of a job: a record that is the same each time, and a measurement that is not."""

from __future__ import annotations

import datetime
import os
import platform
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from disks import cut_power, powered
from downscaling.records.files import RecordError, digest
from downscaling.runtime import measurement, run_record
from downscaling.runtime.digests import MANIFEST, faults, seal
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


def test_a_record_vouches_for_nothing_that_a_loss_of_power_takes(tmp_path: Path) -> None:
    """Catches a record that is on the disk before what it says to be whole: after a cut, empty
    files with a record of their digests; and a record that is cut itself."""
    with powered(tmp_path, 16) as (disk, after):
        root = disk / "x"
        (root / "images").mkdir(parents=True)
        record, measured = root / "provenance/x.json", root / "measured/jobs/x.json"
        outputs = {"table": [root / "table"], "images": [root / "images"]}
        with recorded("prepare", "{}", "", root, {}, outputs, record, measured):
            (root / "table").write_bytes(os.urandom(100_000))
            for number in range(100):
                (root / f"images/{number}").write_bytes(os.urandom(3000))
        names = os.open(record.parent, os.O_RDONLY)
        os.fsync(names)  # as any other program may have the disk do, at any time
        os.close(names)
        cut_power(disk, after)
        kept = after / "x"
        made = run_record.read(kept / "provenance/x.json").paths_written
        assert measurement.read(kept / "measured/jobs/x.json").stage == "prepare"
        assert made == {
            str(root / "table"): digest(kept / "table"),
            f"{root}/images/": digest(kept / "images" / MANIFEST),
        }
        assert len(list((kept / "images").iterdir())) == 101
        assert faults(kept / "images", in_full=True) == []


def making(root: Path) -> dict[str, str]:
    """Do a job that makes two files of answers, a model and a timed figure; by what it made, where
    their digests are written down."""
    root.mkdir()
    record, measured = root / "provenance/x.json", root / "measured/jobs/x.json"
    outputs = {
        "answers": [root / "in.parquet", root / "out.parquet"],
        "model": [root / "model"],
        "figure": [root / "measured/figure.csv"],
    }
    with recorded("tune", "{}", "", root, {}, outputs, record, measured):
        (root / "measured").mkdir()
        (root / "measured/figure.csv").write_text("seconds")
        (root / "model").mkdir()
        for path in (*outputs["answers"], root / "model/weights", root / "model/config.json"):
            path.write_text(f"{path.name} " * 9)
    makers = {path: record for paths in outputs.values() for path in paths}
    makers[root / "measured/figure.csv"] = measured
    return {str(path): str(told) for path, told in makers.items()}


def reading(root: Path, makers: dict[str, str], strict: bool = False) -> bool:
    """Do a job that reads all that; whether it began."""
    inputs = {"read": [Path(path) for path in makers]}
    record, measured = root / "provenance/y.json", root / "measured/jobs/y.json"
    began = False
    with recorded("grade", "{}", "", root, inputs, {}, record, measured, makers, strict):
        began = True
    return began


def flip(path: Path) -> None:
    """Turn a bit."""
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flipped bit": (lambda root: flip(root / "in.parquet"), "in.parquet: not what its job made"),
    "two files swapped": (
        lambda root: [
            (root / "in.parquet").rename(root / "aside"),
            (root / "out.parquet").rename(root / "in.parquet"),
            (root / "aside").rename(root / "out.parquet"),
        ],
        "in.parquet: not what its job made",
    ),
    "a measured file": (lambda root: flip(root / "measured/figure.csv"), "figure.csv: not what"),
    "a flipped bit in weights": (lambda root: flip(root / "model/weights"), "weights: was changed"),
    "weights cut off": (
        lambda root: os.truncate(root / "model/weights", 5),
        "weights: is truncated to 5 of 72 bytes since",
    ),
    "a file of a folder deleted": (
        lambda root: (root / "model/config.json").unlink(),
        "config.json: is missing",
    ),
    "a file too many": (lambda root: (root / "model/more").touch(), "more: no job made it"),
    "a manifest that hides it": (
        lambda root: [flip(root / "model/weights"), seal(root / "model")],
        "model/: not what its job made",
    ),
    "a manifest deleted": (
        lambda root: (root / "model" / MANIFEST).unlink(),
        "model/: not what its job made",
    ),
    "a record of another run": (
        lambda root: (root / "provenance/x.json").write_text(
            (root / "provenance/x.json").read_text().replace('parquet": "', 'parquet": "0', 1)
        ),
        "in.parquet: not what its job made",
    ),
    "no record": (lambda root: (root / "provenance/x.json").unlink(), "x.json: no such file"),
}
"""What may happen between two jobs, and what the second one says."""


@pytest.mark.parametrize("name", DAMAGE)
def test_a_job_reads_only_what_the_other_made(name: str, tmp_path: Path) -> None:
    """Catches a result that is computed from a file that was changed, swapped or cut off, and a
    refusal that comes after hours or does not say what to do."""
    damage, problem = DAMAGE[name]
    makers = making(tmp_path / "x")
    assert reading(tmp_path / "x", makers)
    damage(tmp_path / "x")
    with pytest.raises(RecordError, match=problem) as refusal:
        reading(tmp_path / "x", makers)
    # Of a file outside `results` nobody says that Snakemake makes it.
    assert ("check the name" if name == "no record" else "snakemake") in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_decay_that_no_date_tells_is_found_when_all_is_hashed(tmp_path: Path) -> None:
    """Catches a strict job that believes dates, and one that is not strict and reads a model of
    gigabytes twice."""
    makers = making(tmp_path / "x")
    weights, manifest = tmp_path / "x/model/weights", tmp_path / "x/model" / MANIFEST
    flip(weights)
    os.utime(weights, ns=(0, 0))
    manifest.rename(manifest.with_name("aside"))  # so that its own date is the latest
    manifest.with_name("aside").rename(manifest)
    assert reading(tmp_path / "x", makers)
    with pytest.raises(RecordError, match="weights: was changed since the folder was sealed"):
        reading(tmp_path / "x", makers, strict=True)


def test_no_flipped_bit_of_a_file_passes(tmp_path: Path) -> None:
    """Catches the one flip in six of a parquet file after which it is read as other records."""
    makers = making(tmp_path / "x")
    answers = tmp_path / "x/in.parquet"
    whole = answers.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << random.Random(place).randrange(8)
        answers.write_bytes(changed)
        with pytest.raises(RecordError, match=r"in\.parquet: not what its job made"):
            reading(tmp_path / "x", {str(answers): makers[str(answers)]})


def test_an_input_that_changes_under_a_job_is_no_input(tmp_path: Path) -> None:
    """Catches a record that names the bytes at its beginning, of results that were computed from
    others; and a job that fails since a file was given a new date."""
    makers = making(tmp_path / "x")
    root, source = tmp_path / "x", tmp_path / "x/in.parquet"
    files = root / "provenance/y.json", root / "measured/jobs/y.json"
    inputs = {"read": [source]}
    with recorded("grade", "{}", "", root, inputs, {}, *files, makers):
        source.touch()
    files[0].unlink()
    with (
        pytest.raises(RecordError, match=r"in\.parquet: changed while a job read it; run"),
        recorded("grade", "{}", "", root, inputs, {}, *files, makers),
    ):
        flip(source)
    assert not files[0].exists()
