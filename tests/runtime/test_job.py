"""What a job is, and what an interrupted one may go on from."""

from __future__ import annotations

import dataclasses
import importlib.metadata
from pathlib import Path
from typing import Any

import pytest

from downscaling.runtime.devices import DeviceError
from downscaling.runtime.job import Job, Task
from performing import perform, task


def identity(file: Path, **changed: Any) -> str:
    job_task = Task(
        "tune",
        "{}",
        "0",
        "root",
        {"samples": [str(file)]},
        {},
        "record.json",
        "took.json",
        {"gpu": 1},
        1,
    )
    job: Job[Any, Any, Any] = Job(dataclasses.replace(job_task, **changed), None, None, None)
    return job.identity(job.read)


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": '{"seed":1}'},
        {"code": "1"},
        {"inputs": {}},
        {"resources": {"gpu": 0}},
    ],
)
def test_what_decides_a_result_is_its_jobs_identity(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """Catches states and logs that a job under other settings, code or inputs takes up, or one that
    has no GPU any more."""
    file = tmp_path / "samples.parquet"
    file.write_bytes(b"one")
    assert identity(file, **changed) != identity(file)


def test_content_of_inputs_is_a_jobs_identity_and_devices_are_not(tmp_path: Path) -> None:
    """Catches an input that is swapped under its name, and a job that begins anew elsewhere."""
    file = tmp_path / "samples.parquet"
    file.write_bytes(b"one")
    before = identity(file)
    assert identity(file, resources={"gpu": 4}) == before
    file.write_bytes(b"two")
    assert identity(file) != before


def test_a_job_with_gpus_and_without_cuda_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a tuning that was given GPUs, finds no usable CUDA, and trains on the CPU for weeks
    without a word."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "none-0,none-1")
    monkeypatch.setenv("SLURM_JOB_ID", "1")  # which gave the GPUs
    task = Task("tune", "{}", "0", "root", {}, {}, "record.json", "took.json", {"gpu": 2}, 1)
    job: Job[Any, Any, Any] = Job(task, None, None, None)
    for compute in (job.compute, job.compute_together):
        with pytest.raises(
            DeviceError,
            match=r"^2 GPUs were given \(CUDA_VISIBLE_DEVICES=none-0,none-1\), torch can use 0: "
            r"version \S+, built .+; mend the driver or torch .+, or set `gpu: 0` in .+$",
        ):
            compute()


def test_a_job_removes_what_a_dead_writer_left(tmp_path: Path) -> None:
    """Catches gigabytes of half-written weights that every kill adds to."""
    out, other = tmp_path / "out.parquet", tmp_path / ".outer.parquet.part-7"
    left = [tmp_path / ".out.parquet.part-7", tmp_path / ".record.json.part-8"]
    (left[0] / "folder").mkdir(parents=True)
    left[1].touch()
    other.touch()
    done = perform(task("no-such-stage", {}, tmp_path, {}, {"out": [out]}), tmp_path / "jobs")
    assert "No module named 'downscaling.stages.no-such-stage'" in done.stdout
    assert [path for path in left if path.exists()] == []
    assert other.exists()
    assert not (tmp_path / ".measurement.json.lock").exists()


def test_libraries_are_a_jobs_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a tuning of which one half is computed by another torch."""
    file = tmp_path / "samples.parquet"
    file.write_bytes(b"one")
    before = identity(file)
    own = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: "0.1" if name == "torch" else own(name)
    )
    assert identity(file) != before
