"""What a machine lacks shows before a job waits for it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from downscaling.doctor import machine as measured
from downscaling.doctor import room
from downscaling.doctor.examine import examine
from downscaling.doctor.finding import Finding, as_json, as_text
from downscaling.doctor.machine import Gpu, Machine
from downscaling.planning.jobs import Jobs
from downscaling.planning.report import planned, scaled, workload_of
from downscaling.runtime.devices import DeviceError
from downscaling.stages.graph import all_jobs
from downscaling.study.load import read
from planned import HOME
from running import overlays

GIGABYTE = 1_000_000_000
WELL = Machine(
    free_disk=lambda folder: 1000 * GIGABYTE,
    memory=lambda: 600 * GIGABYTE,
    gpus=lambda: [Gpu("H100", 80 * GIGABYTE)] * 8,
)


def red(machine: Machine, *presets: str) -> dict[str, Finding]:
    """The red findings about a machine."""
    study = read(HOME / "config.yaml", [HOME / f"presets/{name}.yaml" for name in presets])
    jobs = Jobs((job.stage_name, job.key) for job in all_jobs(study))
    return {found.check: found for found in examine(study, jobs, machine) if not found.is_good}


def test_too_little_disk_and_memory_are_red() -> None:
    """Catches a full disk that shows in the middle of a run, and a job that no node can take."""
    assert red(WELL) == {}
    assert red(replace(WELL, free_disk=lambda folder: GIGABYTE // 2)).keys() == {"disk"}
    found = red(replace(WELL, memory=lambda: 3 * GIGABYTE))
    assert found.keys() == {"memory"}
    assert "3 GB here, 4 GB asked for" in found["memory"].result


@pytest.mark.parametrize("preset", ["miniature", "smoke", "gpu"])
def test_the_disk_that_is_needed_is_the_plan_s_and_a_reserve(
    preset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches another number than the plan's, such as the same 2 GB for every small study, and a
    reserve that is asked for and not told."""
    study = read(HOME / "config.yaml", overlays(preset))
    jobs = Jobs((job.stage_name, job.key) for job in all_jobs(study))
    work = workload_of(study, jobs)
    counted = planned(work, utilisation=1.0).total().disk
    needed = counted + 500_000_000
    for free, colour in ((needed - 1, "red"), (needed, "green")):
        machine = replace(WELL, free_disk=lambda folder, free=free: free)
        found = room.disk(study, machine, work)
        assert found.colour == colour
        assert found.result.endswith(
            f"needed are {scaled(counted, 'B')} by the plan and 500 MB in reserve"
        )


def test_gpus_that_cannot_be_used_or_are_too_few_are_red() -> None:
    """Catches a driver that lists a GPU and cannot compute on it."""

    def broken() -> NoReturn:
        raise DeviceError("CUDA cannot be used: no kernel image is available")

    found = red(replace(WELL, gpus=broken), "gpu")
    assert found.keys() == {"GPUs"}
    assert "no kernel image" in found["GPUs"].result
    assert red(replace(WELL, gpus=list), "gpu").keys() == {"GPUs"}


def test_a_layout_that_does_not_fit_is_red() -> None:
    """Catches a tuning that dies of memory after its first step, and a share of a GPU that is
    counted as a whole one."""
    small = [Gpu("small", 4 * GIGABYTE)]  # eight jobs share it
    found = red(replace(WELL, gpus=lambda: small), "gpu")
    assert found.keys() == {"tuning single-8B", "reasoning with 8B"}
    assert "tuning.layouts.8B" in found["tuning single-8B"].remedy
    told = found["tuning single-8B"].result
    usual, _, most = (
        float(number) * {"M": 1e6, "G": 1e9}[prefix]
        for number, prefix in re.findall(r"([\d.]+) ([MG])B", told)
    )
    assert told.endswith("B where a conversation fills max_length")
    assert most > usual
    assert red(replace(WELL, gpus=lambda: [Gpu("large", 40 * GIGABYTE)]), "gpu") == {}


def test_the_published_layouts_fit_the_gpus_that_they_are_meant_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches an estimate by which nothing fits, or everything: 4B needs its sharding."""
    monkeypatch.setattr("downscaling.doctor.examine.fetched", lambda study, jobs: iter(()))
    assert red(WELL, "paper") == {}
    overlay = tmp_path / "overlay.yaml"
    layout = {"device_batch_size": 1, "gradient_checkpointing": True}
    overlay.write_text(json.dumps({"tuning": {"layouts": {"4B": layout | {"sharding": "none"}}}}))
    study = read(HOME / "config.yaml", [HOME / "presets/paper.yaml", overlay])
    jobs = Jobs((job.stage_name, job.key) for job in all_jobs(study))
    found = [one for one in examine(study, jobs, WELL) if not one.is_good]
    assert [one.check.rpartition("-")[2] for one in found] == ["4B"]
    assert "sharding: full" in found[0].remedy


def test_a_product_is_asked_of_a_process_that_may_die(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a doctor that dies of the driver's death, or waits for it for ever."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(DeviceError, match="CUDA cannot be used: it ended with code 1"):
        measured.gpus()

    def hung(*command: object, **options: object) -> NoReturn:
        raise subprocess.TimeoutExpired("python", measured.PATIENCE)

    monkeypatch.setattr(subprocess, "run", hung)
    with pytest.raises(DeviceError, match="did not compute anything"):
        measured.gpus()


def test_memory_and_disk_are_measured_where_they_count(tmp_path: Path) -> None:
    """Catches a folder that is not there yet, and the measure of another disk."""
    assert measured.free_disk(tmp_path / "results" / "paper") > 0
    assert measured.memory() > 0


@pytest.mark.parametrize(
    ("groups", "limits", "least"),
    [
        ("0::/job/step/task", {"job/memory.max": "5000", "job/step/memory.max": "max"}, 5000),
        ("0::/job/step", {"memory.max": "3000", "job/memory.max": "5000"}, 3000),
        (
            "9:cpu:/other\n4:memory:/slurm/job/step",
            {
                "memory/slurm/job/memory.limit_in_bytes": "7000",
                "memory/slurm/job/step/memory.limit_in_bytes": str(2**63 - 4096),
                "memory/other/memory.limit_in_bytes": "1",
            },
            7000,
        ),
    ],
)
def test_a_schedulers_limit_of_memory_counts(
    tmp_path: Path, groups: str, limits: dict[str, str], least: int
) -> None:
    """Catches a job's limit that is passed over, in a group above the process's own or in the first
    version of control groups, and the limit of another group."""
    (tmp_path / "cgroup").write_text(f"{groups}\n")
    for name, limit in limits.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{limit}\n")
    assert measured.memory(tmp_path / "cgroup", tmp_path) == least


def test_the_verb_looks_at_the_miniature_without_a_network() -> None:
    """Catches a host that is asked for a study that fetches nothing, and a wrong exit status."""
    environment = {"PATH": "/usr/bin", "HF_ENDPOINT": "http://127.0.0.1:9"}
    environment["PYTHONPATH"] = str(HOME / "src")
    verb = [sys.executable, "-m", "downscaling", "doctor", "--json"]
    asked = subprocess.run(verb, cwd=HOME, env=environment, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
    values = json.loads(asked.stdout)
    assert (values["preset"], values["is_good"]) == ("miniature", True)
    assert [row["check"] for row in values["findings"]] == ["memory", "disk", "GPUs"]


def test_a_red_row_says_what_to_do() -> None:
    """Catches a table that leaves a user with a fault and no way on, and one in which what was not
    seen looks as if it were well."""
    findings = [Finding("disk", "1 GB free"), Finding("GPUs", "none compute", "ask elsewhere")]
    findings.append(Finding("rows", "none here", is_seen=False))
    lines = as_text("paper", findings).splitlines()
    assert lines[2:6] == [
        "green  disk  1 GB free",
        "red    GPUs  none compute",
        "             -> ask elsewhere",
        "grey   rows  none here",
    ]
    assert lines[-1] == "1 green, 1 red, 1 grey"
    assert json.loads(as_json("paper", findings))["is_good"] is False
