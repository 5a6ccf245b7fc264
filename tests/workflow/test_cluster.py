"""The graph on a SLURM cluster of one node with four pretended GPUs, whose daemons the tests start
and end, through the profile as it is shipped; only SLURM is asked more often."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import slurm
from downscaling.study.paths import Paths, is_measured
from running import HOME, changed, snakemake

PROFILE = ("--workflow-profile", str(HOME / "profiles/slurm"))
SOONER = ("--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1")
TUNED = [f"results/smoke/models/connector-{size}/seed-0" for size in ("1.7B", "0.6B")]
DRAWN = "results/smoke/raw/blip558k"


@pytest.fixture(scope="module", autouse=True)
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    if why := slurm.missing():
        pytest.skip(why)
    with slurm.cluster(tmp_path_factory.mktemp("cluster") / "slurm"):
        yield


def overlaid(folder: Path, **jobs: Any) -> list[str]:
    """The options of a smoke preset whose tunings have a GPU, and save a state at every step."""
    return changed(
        folder,
        data={"train": {"blip558k": 400}},
        jobs={"tune": {"gpu": 1}, "pretended_gpus": True, **jobs},
        tuning={"cache_features": False, "save_steps": 1, "batch_size": 8},
        tunings={"connector": {"epochs": 2.0}},
    )


def started(folder: Path, log: Path, *arguments: str) -> subprocess.Popen[str]:
    """Snakemake, at work."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(HOME / "Snakefile")]
    command += ["--directory", str(folder), *PROFILE, *SOONER, *arguments]
    with log.open("w") as said:
        return subprocess.Popen(command, cwd=HOME, stdout=said, stderr=said, text=True)


def jobs(folder: Path) -> list[dict[str, str]]:
    """What SLURM tells of the jobs of a folder, in the order of their numbers."""
    lines = slurm.answer("scontrol", "show", "job", "--oneliner").splitlines()
    told = [dict(re.findall(r"(\w+)=(\S*)", line)) for line in lines]
    ours = [job for job in told if job.get("WorkDir") == str(folder)]
    return sorted(ours, key=lambda job: int(job["JobId"]))


def until(happens: Callable[[], Any], process: subprocess.Popen[str], log: Path) -> Any:
    """What comes true while Snakemake works."""
    while not (seen := happens()):
        assert process.poll() is None, log.read_text()[-6000:]
        time.sleep(0.05)
    return seen


def computed(folder: Path) -> dict[str, bytes]:
    """What was computed under a preset's folder."""
    root = folder / "results/smoke"
    files = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not is_measured(name)}


def table(told: list[dict[str, str]]) -> str:
    """Jobs as a reader wants to see them."""
    row = "{:<40} {:>4} {:>5} {:<10} {:>8}".format
    return "\n".join(
        [
            row("job", "id", "GPUs", "state", "time"),
            *(
                row(
                    job["Comment"],
                    job["JobId"],
                    job.get("TresPerJob", ":0").rpartition(":")[2],
                    job["JobState"],
                    job["RunTime"],
                )
                for job in told
            ),
        ]
    )


@pytest.mark.slow
def test_a_cluster_comes_to_the_bytes_of_one_machine(tmp_path: Path) -> None:
    """Catches a profile that SLURM refuses or that waits for ever without accounting, a job that
    does not find the code or its inputs on a node, GPUs on several nodes, a cancelled tuning that
    ends in other weights, and a retry that asks for more than there is."""
    folder, log = tmp_path / "cluster", tmp_path / "log.txt"
    folder.mkdir()
    options = overlaid(tmp_path, at_most={"mem_mb": 6000, "runtime": 1440})
    process = started(folder, log, *options, "--", *TUNED)
    states = folder / Paths("smoke").states("connector-0.6B", 0)

    def tuning() -> list[dict[str, str]]:
        return [job for job in jobs(folder) if "connector_0.6B" in job["Comment"]]

    until(lambda: list(states.glob("*/checkpoint-*")), process, log)
    (cancelled,) = tuning()
    subprocess.run(["scancel", cancelled["JobId"]], check=True)
    assert process.wait(600) == 0, log.read_text()[-6000:]
    told = jobs(folder)
    print(f"\n{table(told)}")
    first, second = tuning()
    assert (first["JobState"], second["JobState"]) == ("CANCELLED", "COMPLETED")
    assert sum(job["JobState"] == "COMPLETED" for job in told) == len(told) - 1 == 7
    for job in (first, second):
        assert job["TresPerJob"].endswith("gpu:1")
        assert (job["NumNodes"], job["TimeLimit"]) == ("1", "01:00:00")
    assert (first["MinMemoryNode"], second["MinMemoryNode"]) == ("4000M", "6000M")

    alone = tmp_path / "alone"
    run = snakemake(alone, "--cores", "2", "--resources", "gpu=0", *options, "--", *TUNED)
    assert run.code == 0, run.text[-6000:]
    ours, theirs = computed(folder), computed(alone)
    assert ours.keys() == theirs.keys()
    assert [name for name, content in ours.items() if theirs[name] != content] == []


@pytest.mark.slow
def test_jobs_of_a_killed_run_are_not_started_twice(tmp_path: Path) -> None:
    """Catches a second job on the outputs of one that waits in the queue or works, after the
    process that submitted it was killed; and a run that never goes on once that job has ended."""
    folder, log = tmp_path / "cluster", tmp_path / "log.txt"
    folder.mkdir()
    options = [*overlaid(tmp_path), "--", DRAWN]
    nodes = slurm.answer("sinfo", "--noheader", "--Node", "--format=%N").strip()
    node = ["scontrol", "update", f"nodename={nodes}"]
    subprocess.run([*node, "state=drain", "reason=test"], check=True)
    process = started(folder, log, *options)
    (job,) = until(lambda: jobs(folder), process, log)
    process.send_signal(signal.SIGKILL)
    process.wait()
    number = job["JobId"]
    refused = snakemake(folder, *PROFILE, *SOONER, *options)
    assert refused.code == 1
    assert refused.text.splitlines()[-1] == (
        f"jobs of an earlier run live on in SLURM: {number}; wait until squeue shows them no "
        f"longer, or end them: scancel {number}"
    )
    assert len(jobs(folder)) == 1
    subprocess.run([*node, "state=resume"], check=True)
    deadline = time.monotonic() + 120
    while jobs(folder)[0]["JobState"] in ("PENDING", "RUNNING", "COMPLETING"):
        assert time.monotonic() < deadline, jobs(folder)
        time.sleep(1)
    again = snakemake(folder, *PROFILE, *SOONER, *options)
    assert again.code == 0, again.text[-6000:]
    assert (folder / DRAWN).is_dir()
    assert len(jobs(folder)) == 1  # the first one made it all


@pytest.mark.slow
def test_gpus_that_no_node_has_are_told_before_the_first_job(tmp_path: Path) -> None:
    """Catches data that are prepared for hours before a tuning is refused."""
    options = overlaid(tmp_path, tune={"gpu": 8})
    run = snakemake(tmp_path, *PROFILE, *SOONER, *options, "--", *TUNED)
    assert run.code == 1
    assert run.text.splitlines()[-1] == (
        "8 GPUs asked for by one job, 4 on the cluster's largest node (sinfo); lower `gpu` in the "
        "configuration's `jobs`: 0 computes on the CPU"
    )
    assert jobs(tmp_path) == []


@pytest.mark.slow
def test_a_command_in_a_folder_s_name_is_refused_before_the_first_job(tmp_path: Path) -> None:
    """Catches a folder whose name the shell that submits a job would run."""
    folder = tmp_path / "$(touch pwned)"
    folder.mkdir()
    run = snakemake(folder, *PROFILE, *SOONER, *overlaid(tmp_path), "--", DRAWN)
    assert run.code == 1
    assert run.text.splitlines()[-1].startswith(f"{folder}: holds $, which does not survive")
    assert jobs(folder) == []
    assert [str(path) for place in (HOME, tmp_path) for path in place.rglob("pwned")] == []
