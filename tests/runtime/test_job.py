"""What a job is, and what an interrupted one may go on from."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from downscaling.runtime.job import Job, Task


def identity(file: Path, **changed: Any) -> str:
    task = Task(
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
    job: Job[Any, Any, Any] = Job(dataclasses.replace(task, **changed), None, None, None)
    return job.identity(job.read)


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": '{"seed":1}'},
        {"code": "1"},
        {"inputs": {}},
    ],
)
def test_what_decides_a_result_is_its_jobs_identity(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    """Catches states and logs that a job under other settings, code or inputs takes up."""
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
