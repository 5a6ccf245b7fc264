"""A plan says beforehand what a study will take."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downscaling.planning.jobs import Jobs
from downscaling.planning.report import Estimate
from downscaling.study.load import read
from downscaling.study.study import Study
from running import HOME, overlays, preset, snakemake

Planner = Callable[[Study], Estimate]


@pytest.mark.parametrize(
    "name", ["miniature", *sorted(p.stem for p in HOME.glob("presets/*.yaml"))]
)
def test_every_job_has_its_place_in_the_plan(
    name: str, plan: Planner, jobs_of: Callable[[Study], Jobs]
) -> None:
    """Catches a stage that the plan does not know, and a job that two rows count."""
    study = read(HOME / "config.yaml", overlays(name))
    assert plan(study).total().jobs == len(jobs_of(study))


@pytest.mark.parametrize(
    "name", ["miniature", *sorted(p.stem for p in HOME.glob("presets/*.yaml"))]
)
def test_a_plan_counts_the_jobs_of_the_graph(name: str, tmp_path: Path, plan: Planner) -> None:
    """Catches a rule that the plan does not know, and overlays merged otherwise than Snakemake
    merges them."""
    total = plan(read(HOME / "config.yaml", overlays(name))).total()
    run = snakemake(tmp_path, "--dry-run", *preset(name))
    assert total.jobs == run.jobs.total(), run.text


def test_what_no_run_needs_is_not_planned(tmp_path: Path, plan: Planner) -> None:
    """Catches a plan of everything that the configuration names, where the graph makes less."""
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        json.dumps(
            {
                "runs": {
                    "end_to_end": {"models": ["instruct-0.6B"], "blind": []},
                    "decoupled": [
                        {"perception": ["caption-0.6B"], "reasoning": ["0.6B"], "modes": ["plain"]}
                    ],
                }
            }
        )
    )
    costs = plan(read(HOME / "config.yaml", [HOME / "presets/smoke.yaml", overlay]))
    run = snakemake(tmp_path, "--dry-run", *preset("smoke"), str(overlay))
    assert costs.total().jobs == run.jobs.total(), run.text
    assert "extraction" not in {row.stage for row in costs.rows}


def run(*arguments: str) -> Any:
    """The verb, run in a process of its own that may use 2 GB of memory for data."""
    code = (
        "import resource, sys; from downscaling.cli import app; "
        "resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30)); app(sys.argv[1:])"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "plan", *arguments], cwd=HOME, capture_output=True, text=True
    )


def test_the_verb_gives_values_to_programs() -> None:
    """Catches a renamed key, and a total that is not the sum of its rows."""
    done = run("presets/gpu.yaml", "--json")
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    assert values["preset"] == "gpu"
    for key in ("jobs", "tokens", "gpu_hours", "disk_bytes", "download_bytes"):
        summed = sum(row[key] for row in values["rows"])
        assert values["total"][key] == pytest.approx(summed, rel=1e-3)
    assert values["total"]["gpu_hours"] > 0
    halved = json.loads(run("presets/gpu.yaml", "--json", "--utilisation", "0.2").stdout)
    assert halved["total"]["gpu_hours"] == pytest.approx(2 * values["total"]["gpu_hours"])


def test_the_verb_prints_a_table() -> None:
    """Catches a table without the stages or the total, and an assumption left unsaid."""
    lines = run("presets/gpu.yaml").stdout.splitlines()
    assert lines[0] == "plan of gpu"
    stages = ("sources", "backbones", "tuning", "extraction", "decoupled", "end to end", "total")
    for stage in stages:
        assert any(line.startswith(stage) for line in lines), stage
    assert any("40% of 989 TFLOP/s" in line for line in lines)


def test_hours_that_nobody_waits_for_are_told_as_so_few(plan: Planner) -> None:
    """Catches 1.83e-07 GPU-hours, digits of which mean nothing, and a zero that hides work."""
    lines = plan(read(HOME / "config.yaml", overlays("gpu"))).text().splitlines()
    (features,) = [line for line in lines if line.startswith("tuning      features")]
    assert " <0.01 " in features
    hours = [line[61:76] for line in lines if re.match(r"[a-z ]{12}\S", line)]
    assert not any("e-" in told for told in hours)
    paper = plan(read(HOME / "config.yaml", overlays("paper"))).text()
    assert re.search(r"^total .* [45]\d\d +6\d\d GB +4\d\d GB$", paper, re.MULTILINE)


def test_a_preset_that_is_not_there_is_one_line() -> None:
    """Catches a traceback for a mistyped name."""
    done = run("presets/papre.yaml")
    assert done.returncode == 1
    assert done.stderr.startswith("downscaling: presets/papre.yaml: no such file; check the name")
    assert "Traceback" not in done.stderr


def test_a_plan_of_the_published_study_holds_no_weights() -> None:
    """Catches models that are built with their weights: 8B parameters alone take 33 GB."""
    done = run("presets/paper.yaml", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["models_of_unknown_shape"] == []


def test_a_study_without_a_gpu_is_told_in_minutes(plan: Planner, tmp_path: Path) -> None:
    """Catches GPU-hours of 1e-05 for a study that no GPU runs, minutes that nobody measured, and
    less time than the longest job takes."""
    study = read(HOME / "config.yaml", overlays("smoke"))
    (tmp_path / "backbones").symlink_to(HOME / "backbones")
    study.folder = tmp_path
    text = plan(study).text()
    assert "GPU-hours" not in text
    assert "not run here yet" in text
    costs = tmp_path / study.paths.costs("csv")
    costs.parent.mkdir(parents=True)
    rows = ["stage,jobs,seconds,longest,cpu_seconds,memory", "tune,2,80,60,70,800"]
    costs.write_text("\n".join([*rows, "all,60,240,200,200,800"]) + "\n")
    text = plan(study).text()
    assert "60 jobs took 4 min when it was last run, the longest 3 min: on" in text
    assert re.search(r"cores (3|4) min or a little more", text)
    assert "GPU-hours" in plan(read(HOME / "config.yaml", overlays("gpu"))).text()
