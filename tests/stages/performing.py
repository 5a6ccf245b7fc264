"""A job done alone, as a rule does it: in a process of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
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
    """A job whose record goes to `root`/record.json. Its measurement, beside which its lock lies,
    goes to the folder above: images are often all of `root`, and what is read decides what a job
    is."""

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
        measurement=str(root.parent / "measurement.json"),
        resources={"gpu": 0, **resources},
        threads=1,
    )


def command(job: Task, folder: Path) -> list[str]:
    """The command that does a job, whose description is put into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{job.stage}.json"
    file.write_text(json.dumps(dataclasses.asdict(job)))
    return [sys.executable, "-m", "downscaling", "job", str(file)]


def kill(
    job: Task,
    home: Path,
    is_time: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
) -> None:
    """Do a job whose paths start at `home`, and kill its process when it is time, which must be
    before its end."""
    ours = {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"} | dict(environment or {})
    with (home / "killed.log").open("w+") as log:
        process = subprocess.Popen(
            command(job, home), cwd=home, env=os.environ | ours, stdout=log, stderr=log
        )
        while process.poll() is None and not is_time():
            time.sleep(0.002)
        process.kill()
        code = process.wait()
        log.seek(0)
        assert code == -signal.SIGKILL, log.read()


def perform_all(
    jobs: Mapping[Path, Task], environment: Mapping[str, str] | None = None
) -> dict[Path, str]:
    """Do jobs one after the other in one process, which imports torch once; the paths of each start
    at its own folder. Gives what each said."""
    files = [command(job, home)[-1] for home, job in jobs.items()]
    ours = {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"} | dict(environment or {})
    done = subprocess.run(
        [sys.executable, "-c", _SEVERAL, *files],
        env=os.environ | ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return dict(zip(jobs, done.stdout.split(_MARK)[1:], strict=True))


_MARK = "---- next job\n"
_SEVERAL = f"""
import json, os, sys
from downscaling.runtime import numerics
tasks = [json.load(open(file)) for file in sys.argv[1:]]
numerics.set_environment(tasks[0]["settings"], tasks[0]["threads"])
from downscaling.runtime.job import Task, perform
for file, task in zip(sys.argv[1:], tasks):
    print({_MARK!r}, end="", file=sys.stderr, flush=True)
    os.chdir(os.path.dirname(file))
    perform(Task(**task))
"""


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
