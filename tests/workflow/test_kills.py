"""A study that is killed again and again, and started again with the same command, ends in the same
bytes as one that was not."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle, islice, pairwise
from pathlib import Path

import pytest

from downscaling.study.paths import is_measured
from running import clone, configure, cut_down

KILLS = 20
SEED = 0
GOING_ON = "was killed while it ran this; going on from there"
"""What a run says that finds its predecessor killed."""
TARGETS = ["models", "results/killed/descriptions/instruct-0.6B/seed-0/in-domain.parquet"]


def study(folder: Path) -> Path:
    """A repository whose study is two tunings of one size, each of a few steps with a checkpoint
    after each."""
    clone(folder)
    values = cut_down("killed")
    del values["tunings"]["extract"]
    values["tuning"] |= {"save_steps": 1, "batch_size": 4}
    for tuning in values["tunings"].values():
        tuning["epochs"] = 2.0
    configure(folder, values)
    return folder


class Run:
    """A run of the graph, as leader of a process group as a shell makes it."""

    def __init__(self, folder: Path, told: str = "told.txt") -> None:
        self.results, self.file = folder / "results/killed", folder / told
        self.began = time.time()
        with self.file.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "snakemake", "--cores", "2", "--", *TARGETS],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(folder / "src")},
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def told(self) -> str:
        """What it said."""
        return self.file.read_text()

    def comes_to(self, moment: Callable[[], object]) -> bool:
        """Wait for a moment; False where the run ends before it."""
        while not moment():
            if self.process.poll() is not None:
                return False
            time.sleep(0.002)
        return True

    def jobs(self, stage: str = "") -> list[int]:
        """The processes of its jobs, by the locks of those that live."""
        locks = (self.results / "measured/jobs" / stage).rglob(".*.lock")
        lines = [line for lock in locks for line in contents(lock).splitlines()]
        processes = [int(line[4:]) for line in lines if line.startswith("pid=")]
        # Not those that a dead run left: at their moment this run may not have begun. And a number
        # may have gone to another process since, which is none of ours to kill.
        return [one for one in processes if group_of(one) == self.process.pid]

    def is_writing(self) -> bool:
        """Whether a job writes an output aside."""
        aside = tuple(f".part-{process}" for process in self.jobs())
        return any(name.endswith(aside) for _, names in folders(self.results) for name in names)

    def has_checkpoint(self) -> bool:
        """Whether there is a checkpoint of a tuning at work."""
        states = folders(self.results / "states")
        return any(name.startswith("checkpoint-") for _, names in states for name in names)

    def is_checkpointing(self) -> bool:
        """Whether a tuning writes a checkpoint."""
        states = [folder for folder, names in folders(self.results / "states") if names]
        return any(f.name == "unfinished" and modified(f) > self.began for f in states)

    def is_killed(self) -> None:
        """Kill the run, and not its jobs."""
        kill(self.process.pid)

    def all_is_killed(self) -> None:
        """Kill the run with its jobs, as a loss of power does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def a_job_is_killed(self, stage: str = "") -> None:
        """Kill one job."""
        for process in self.jobs(stage)[:1]:
            kill(process)


def in_graph(run: Run, pause: Callable[[], None]) -> bool:
    pause()
    run.all_is_killed()
    return True


def scheduler(run: Run, pause: Callable[[], None]) -> bool:
    reached = run.comes_to(run.jobs)
    pause()
    reached &= run.process.poll() is None  # it may have come to its end
    run.is_killed()
    return reached


def group(run: Run, pause: Callable[[], None]) -> bool:
    reached = run.comes_to(run.jobs)
    pause()
    reached &= run.process.poll() is None  # it may have come to its end
    run.all_is_killed()
    return reached


def job(run: Run, pause: Callable[[], None]) -> bool:
    reached = run.comes_to(run.jobs)
    pause()
    reached &= run.process.poll() is None  # it may have come to its end
    run.a_job_is_killed()
    return reached


def writing(run: Run, _: Callable[[], None]) -> bool:
    reached = run.comes_to(run.is_writing)
    run.all_is_killed()
    return reached


def training(run: Run, _: Callable[[], None]) -> bool:
    reached = run.comes_to(lambda: run.jobs("tune") and run.has_checkpoint())
    run.a_job_is_killed("tune")
    return reached


def training_scheduler(run: Run, _: Callable[[], None]) -> bool:
    reached = run.comes_to(lambda: run.jobs("tune") and run.has_checkpoint())
    run.is_killed()
    return reached


def checkpoint(run: Run, _: Callable[[], None]) -> bool:
    reached = run.comes_to(run.is_checkpointing)
    run.all_is_killed()
    return reached


EARLY = "all, before the first job"
MOMENTS: dict[str, Callable[[Run, Callable[[], None]], bool]] = {
    EARLY: in_graph,
    "the scheduler": scheduler,
    "all": group,
    "a job": job,
    "all, while a job writes": writing,
    "a tuning, after a checkpoint": training,
    "the scheduler, after a checkpoint": training_scheduler,
    "all, during a checkpoint": checkpoint,
}
"""What is killed, and when."""
ONE_JOB = ("a job", "a tuning, after a checkpoint")
"""Where the run itself lives, and ends by itself."""


def contents(file: Path) -> str:
    """What a file holds; nothing, if it went away."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def modified(folder: Path) -> float:
    """When what lies in a folder changed; never, if it went away."""
    with suppress(FileNotFoundError):
        return folder.stat().st_mtime
    return 0.0


def folders(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """The folders in a folder, each with the names in it; not those that are sealed."""
    for place, within, names in os.walk(folder):
        if ".manifest.json" in names or "images" in within:
            within.clear()
        yield Path(place), [*within, *names]


def group_of(process: int) -> int:
    """The group of a process; none, if it is done."""
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return 0


def kill(process: int) -> None:
    """What no process can prepare for."""
    with suppress(ProcessLookupError):  # it was done
        os.kill(process, signal.SIGKILL)


def artifacts(results: Path) -> dict[str, bytes]:
    """What a run made, without what is measured."""
    files = {path.relative_to(results).as_posix(): path for path in results.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if path.is_file() and not is_measured(name)
    }


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_and_ends_in_the_same_bytes(tmp_path: Path) -> None:
    """Catches a lock that outlives its run, a second writer beside the orphan of a dead run, a
    result that was half written when it was killed and counts, a checkpoint that was torn, and what
    a dead writer left behind."""
    draw, since = random.Random(SEED), time.monotonic()
    unbroken = Run(study(tmp_path / "unbroken"))
    assert unbroken.process.wait() == 0, unbroken.told[-4000:]
    a_job = (time.monotonic() - since) / 8  # as many seconds as one takes, beside others

    table, folder = [], study(tmp_path / "killed")
    for what in islice(cycle(MOMENTS), KILLS):
        run, began, ended = Run(folder), time.monotonic(), ""
        while not MOMENTS[what](run, lambda: time.sleep(draw.uniform(0, a_job))):
            assert run.process.wait() == 0, run.told[-4000:]
            ended += run.told  # before its moment, and it is the one that went on
            shutil.rmtree(draw.choice(sorted(run.results.glob("models/*/*"))))
            run, began = Run(folder), time.monotonic()
        moment = time.monotonic() - began
        run.process.wait()
        table.append((moment, what, ended + run.told))
    run = Run(folder)
    assert run.process.wait() == 0, run.told[-4000:]

    table.append((0.0, "nothing", run.told))
    for number, ((moment, what, told), (_, next_kill, then)) in enumerate(pairwise(table), 1):
        outcome = "started again" if what in ONE_JOB else "took over" if GOING_ON in then else "-"
        done = told.count("Finished job")
        print(f"{number:2} {moment:5.1f} s {what:34} {done:2} jobs done before; then {outcome}")
        # A run that is killed before its first job says nothing of the one before.
        assert outcome != "-" or EARLY in (what, next_kill), then
    made, expected = artifacts(run.results), artifacts(unbroken.results)
    assert made.keys() == expected.keys()
    assert [name for name in made if made[name] != expected[name]] == []
    left = [path.name for path in run.results.rglob(".*")]
    assert [name for name in left if name.endswith(".lock") or ".part-" in name] == []


@pytest.mark.slow
def test_a_second_run_says_who_runs_the_first_and_ends(tmp_path: Path) -> None:
    """Catches two runs that remove each other's outputs, and a refusal that names nobody."""
    folder = study(tmp_path / "study")
    first = Run(folder)
    assert first.comes_to(first.jobs), first.told[-4000:]
    second = Run(folder, "second.txt")
    assert second.process.wait() == 1
    *_, last = second.told.splitlines()
    refused = rf"results/killed/measured: process {first.process.pid} on .* runs the same preset; "
    assert re.match(refused + "wait for its end, or end it$", last)
    assert first.process.poll() is None
    first.all_is_killed()
    first.process.wait()
