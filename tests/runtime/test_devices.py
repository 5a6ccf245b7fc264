"""Jobs and the GPUs that they take. The locks are real; the GPUs are names in the environment."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from downscaling.runtime.devices import VISIBLE

SOURCE = Path(__file__).parents[2] / "src"
CLAIM = """
import os, sys
from downscaling.runtime.devices import DeviceError, claim
try:
    claim(int(sys.argv[1]), int(sys.argv[2]), patience=0.5)
    print(os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
    sys.stdin.read()
except DeviceError as error:
    print(error, flush=True)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Two GPUs, no scheduler, locks of this test alone."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "PBS", "LSB"))}
    ours = {VISIBLE: "0,1", "TMPDIR": str(tmp_path), "PYTHONPATH": str(SOURCE)}
    return outside | ours


@contextmanager
def job(
    count: int, environment: dict[str, str], per_gpu: int = 1
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running job and what it sees: its GPUs, or why it has none."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(count), str(per_gpu)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def test_two_jobs_get_different_gpus_and_a_third_is_told_why_not(
    environment: dict[str, str],
) -> None:
    """Catches two jobs on one GPU while another idles."""
    with job(1, environment) as (_, first), job(1, environment) as (_, second):
        assert {first, second} == {"0", "1"}
        with job(1, environment) as (_, third):
            assert "1 GPUs asked for, 0 of 2 free" in third


def test_a_killed_job_frees_its_gpu(environment: dict[str, str]) -> None:
    """Catches a lock that outlives its job, after which nothing ever starts."""
    with job(2, environment) as (process, taken):
        assert taken == "0,1"
        process.kill()
        process.wait()
        with job(2, environment) as (_, again):
            assert again == "0,1"


NO_LOCKS = """
import errno, fcntl, os

def flock(*_):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

fcntl.flock = flock
from downscaling.runtime.devices import claim
from downscaling.runtime.plainly import shown_plainly
with shown_plainly():
    claim(1)
"""


def test_a_folder_without_file_locks_is_one_line(environment: dict[str, str]) -> None:
    """Catches a traceback where the folder for temporary files lies on a file system without
    locks."""
    done = subprocess.run(
        [sys.executable, "-c", NO_LOCKS], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"downscaling: {environment['TMPDIR']}/downscaling-gpus/0-0.lock: No locks available; "
        "choose a place on a file system with locks\n"
    )


def test_a_job_without_gpus_computes_on_the_cpu(environment: dict[str, str]) -> None:
    """Catches a job that was given no GPU and takes one all the same."""
    with job(0, environment) as (_, seen):
        assert seen == ""


def test_more_than_there_are_is_refused_with_a_remedy(environment: dict[str, str]) -> None:
    """Catches a job that waits for ever, or computes on the CPU in silence."""
    with job(3, environment) as (_, answer):
        assert answer.startswith("3 GPUs asked for, 2 present; lower `gpu`")


def test_jobs_share_gpus_evenly_where_the_configuration_says_so(
    environment: dict[str, str],
) -> None:
    """Catches jobs that crowd one GPU while the next one idles."""
    first, second, third = (job(1, environment, per_gpu=2) for _ in range(3))
    with first as (_, a), second as (_, b), third as (_, c):
        assert sorted([a, b]) == ["0", "1"]
        assert c in "01"


def test_what_a_scheduler_gave_is_left_alone(environment: dict[str, str]) -> None:
    """Catches two jobs of a cluster that both call their GPU 0 and wait for each other."""
    scheduled = environment | {"SLURM_JOB_ID": "1", VISIBLE: "0"}
    with job(1, scheduled) as (_, first), job(1, scheduled) as (_, second):
        assert (first, second) == ("0", "0")


FORKS = """
import os, sys, time
from downscaling.runtime.devices import claim
claim(2, patience=0.5)
if os.fork() == 0:
    time.sleep(60)
    os._exit(0)
print("forked", flush=True)
os._exit(0)
"""


def test_a_gpu_stays_taken_while_a_forked_child_lives(environment: dict[str, str]) -> None:
    """Catches a GPU given to a second job while an orphan of the first still computes on it."""
    parent = subprocess.Popen(
        [sys.executable, "-c", FORKS],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "forked\n"
    parent.wait()
    try:
        with job(1, environment) as (_, refused):
            assert "1 GPUs asked for, 0 of 2 free" in refused
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.stdout.close()


def test_another_user_s_jobs_can_lock_the_same_files(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Catches locks that shut other users out by the first one's umask, or by /tmp's sticky bit."""
    before = os.umask(0o077)
    try:
        with job(2, environment) as (_, taken):
            assert taken == "0,1"
    finally:
        os.umask(before)
    folder = tmp_path / "downscaling-gpus"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o666}


def test_a_process_that_fails_is_told_of_in_one_line(environment: dict[str, str]) -> None:
    """Catches a launch that ends well although a process did not, or buries its message."""
    launch = "from downscaling.runtime.devices import launch; from downscaling.runtime.plainly "
    launch += "import shown_plainly\nwith shown_plainly(): launch(2, ['no-such-command'])"
    done = subprocess.run(
        [sys.executable, "-c", launch], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert re.search(r"^downscaling: process \d of 2 ended with code \d", done.stderr, re.MULTILINE)
