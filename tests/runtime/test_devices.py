"""Jobs and the GPUs that they take. The locks are real; the GPUs are names in the environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from downscaling.runtime.devices import PER_GPU, VISIBLE

SOURCE = Path(__file__).parents[2] / "src"
CLAIM = """
import os, sys
from downscaling.devices import DeviceError, claim
try:
    claim(int(sys.argv[1]), patience=0.5)
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
def job(count: int, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running job and what it sees: its GPUs, or why it has none."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(count)],
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
    shared = environment | {PER_GPU: "2"}
    with job(1, shared) as (_, a), job(1, shared) as (_, b), job(1, shared) as (_, c):
        assert sorted([a, b]) == ["0", "1"]
        assert c in "01"


def test_what_a_scheduler_gave_is_left_alone(environment: dict[str, str]) -> None:
    """Catches two jobs of a cluster that both call their GPU 0 and wait for each other."""
    scheduled = environment | {"SLURM_JOB_ID": "1", VISIBLE: "0"}
    with job(1, scheduled) as (_, first), job(1, scheduled) as (_, second):
        assert (first, second) == ("0", "0")


def test_a_process_that_fails_is_told_of_in_one_line(environment: dict[str, str]) -> None:
    """Catches a launch that ends well although a process did not, or buries its message."""
    options = ["--language-model", "a", "--tower", "b", "--samples", "c=1", "--root", "."]
    rest = ["--out", "d", "--params", "not json", "--gpus", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "downscaling", "tune", *options, *rest],
        env=environment | {VISIBLE: "none-0,none-1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert re.search(r"^downscaling: process \d of 2 ended with code 1", done.stderr, re.MULTILINE)
