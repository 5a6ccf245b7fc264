"""A job done alone, as a rule does it: in a process of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from downscaling.runtime.job import Task

SOURCE = Path(__file__).parents[2] / "src"


def task(
    stage: str,
    settings: Mapping[str, Any],
    root: Path,
    inputs: Mapping[str, list[Path]],
    outputs: Mapping[str, list[Path]],
    **resources: Any,
) -> Task:
    """A job whose record goes to `root`/record.json, its measurement to `root`/measurement.json."""

    def named(files: Mapping[str, list[Path]]) -> dict[str, list[str]]:
        return {name: list(map(str, paths)) for name, paths in files.items()}

    return Task(
        stage=stage,
        settings=json.dumps(settings),
        code="",
        root=str(root),
        inputs=named(inputs),
        outputs=named(outputs),
        record=str(root / "record.json"),
        measurement=str(root / "measurement.json"),
        resources={"gpu": 0, **resources},
        threads=1,
    )


def command(job: Task, folder: Path) -> list[str]:
    """The command that does a job, whose description is put into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{job.stage}.json"
    file.write_text(json.dumps(dataclasses.asdict(job)))
    return [sys.executable, "-m", "downscaling", "job", str(file)]


def perform(
    job: Task,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Do a job, in a working directory."""
    ours = {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command(job, folder),
        cwd=directory,
        env=os.environ | ours | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
