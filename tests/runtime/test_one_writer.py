"""One writer at a time, whatever is killed, on whichever host."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from downscaling.errors import UserError
from downscaling.runtime import one_writer as locks
from downscaling.runtime.one_writer import STARTER, one_run, one_writer

SOURCE = Path(__file__).parents[2] / "src"
LEASE = 4.0

HOLDER = """
import socket, sys, time
from pathlib import Path
from downscaling.runtime import one_writer as locks

kind, lock, host = sys.argv[1:]
if host:
    socket.gethostname = lambda: host
locks.LEASE, locks.BEAT = {lease}, 0.5
if kind == "run":
    locks.one_run(Path(lock))
    print("held", flush=True)
    time.sleep(600)
with locks.one_writer(Path(lock)):
    print("held", flush=True)
    time.sleep(600)
"""
Holder = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Holder]:
    """A process that holds a lock, here or on another host."""
    monkeypatch.setattr(locks, "LEASE", LEASE)
    monkeypatch.setattr(locks, "BEAT", 0.5)
    started = []

    def start(kind: str, lock: Path, host: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER.format(lease=LEASE), kind, str(lock), host],
            env=os.environ | {"PYTHONPATH": str(SOURCE)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("host", ["", "node-2"])
def test_a_second_run_is_refused_while_the_first_lives(
    holder: Holder, host: str, tmp_path: Path
) -> None:
    """Catches two runs of one preset, from one host or two, and a refusal that names nobody."""
    lock = tmp_path / "preset/run.lock"
    first = holder("run", lock, host)
    with pytest.raises(UserError, match=rf"preset: process {first.pid} on .* runs the same preset"):
        one_run(lock)


def test_a_run_takes_the_lock_of_a_killed_one_and_names_it(holder: Holder, tmp_path: Path) -> None:
    """Catches a lock that outlives its run, so that a user has to remove it."""
    lock = tmp_path / "run.lock"
    assert one_run(lock) is None
    locks._runs.pop().release()
    first = holder("run", lock)
    first.kill()
    first.wait()
    assert (one_run(lock) or "").startswith(f"process {first.pid} on ")
    locks._runs.pop().release()
    assert not lock.exists()


def test_of_two_hosts_the_silent_one_loses_and_ends_when_it_wakes(
    holder: Holder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a lock of a host that lost its power, held for ever; and a job that was suspended,
    lost its lock to another, and writes on when it wakes."""
    lock = tmp_path / "job.lock"
    first = holder("job", lock, "node-2")
    os.kill(first.pid, signal.SIGSTOP)
    since = time.monotonic()
    with one_writer(lock):
        assert time.monotonic() - since > LEASE - 1
        os.kill(first.pid, signal.SIGCONT)
        _, told = first.communicate()
        assert first.returncode == 1
        assert told.startswith(f"downscaling: {lock}: the lock was lost")
    said = capsys.readouterr().err
    assert said == (
        f"downscaling: {lock}: waits for process {first.pid} on node-2, which works on the same "
        "job\n"
    )


def test_a_job_waits_for_another_process_at_work_on_it(holder: Holder, tmp_path: Path) -> None:
    """Catches a second writer beside the orphan of a dead run."""
    lock = tmp_path / "job.lock"
    first = holder("job", lock)
    second = subprocess.Popen(
        [sys.executable, "-c", HOLDER.format(lease=LEASE), "job", str(lock), ""],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert second.stderr
    assert f"waits for process {first.pid} on" in second.stderr.readline()
    assert second.poll() is None
    first.kill()
    first.wait()
    assert second.stdout
    assert second.stdout.readline() == "held\n"
    second.kill()
    second.communicate()


CHILD = """
import time
from downscaling.runtime.one_writer import end_with_starter
end_with_starter()
print("at work", flush=True)
time.sleep(600)
"""


def test_a_job_ends_with_the_run_that_started_it(tmp_path: Path) -> None:
    """Catches jobs that go on, and hold cores and GPUs, when their Snakemake was killed."""
    run = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    environment = os.environ | {"PYTHONPATH": str(SOURCE), STARTER: str(run.pid)}
    job = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert job.stdout
    assert job.stdout.readline() == "at work\n"
    run.kill()
    run.wait()
    _, told = job.communicate(timeout=60)
    assert job.returncode == 1
    assert (
        told == f"downscaling: process {run.pid}, which started this job, is dead; so this ends\n"
    )
    late = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (late.returncode, late.stdout) == (1, "")
