"""What a user sees who runs Snakemake with a wrong configuration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from downscaling.data.lock import Pin, measured, write
from downscaling.stages.graph import all_jobs
from running import HOME, changed, preset, snakemake, studied


@pytest.mark.parametrize(
    ("groups", "answer"),
    [
        (
            {"tunings": {"single": {"batch_sise": 8}}},
            "config: tunings.single.batch_sise: unknown key; allowed: epochs, max_steps, ",
        ),
        ({"threads": "two"}, "config: threads: given 'two'; allowed: a whole number"),
        (
            {"tunings": {"extract": {"sizes": ["9B"]}}},
            "config: tunings.extract.sizes: given 9B; allowed: the sizes of caption, 1.7B, 0.6B",
        ),
        (
            {"runs": {"end_to_end": {"models": ["caption-4B"]}}},
            "config: runs.end_to_end.models: given caption-4B; allowed: connector-4B, ",
        ),
        (
            {"scores": {"spread": "nowhere.csv"}},
            "config: scores.spread: given nowhere.csv, which is no file; allowed: the spread.csv ",
        ),
        (
            {"scores": {"spread": "pyproject.toml"}},
            "config: scores.spread: ",
        ),
        (
            {"backbones": {"sizes": ["32B", "4B", "1.7B", "0.6B"]}},
            "config: backbones.sizes: backbones/32B does not exist; allowed: what is shipped ",
        ),
    ],
)
def test_one_line_and_no_job(groups: dict[str, object], answer: str, tmp_path: Path) -> None:
    """Catches a traceback, an answer lost in Snakemake's own words, and a job that starts first."""
    run = snakemake(tmp_path, "--cores", "1", *changed(tmp_path, **groups))
    assert run.code == 1
    *before, told = run.text.splitlines()
    assert told.startswith(answer)
    assert all(line.startswith(("Using workflow", "Config file")) for line in before)
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"preset: caf\xe9\n", "x.yaml, line 1: not UTF-8 (byte 11); save it as UTF-8"),
        (b"- a\n- b\n", "x.yaml: holds no keys but \"['a', 'b']\"; allowed: keys with values"),
        (
            b"__use_yte__: true\na: ?open('pwned', 'w')\n",
            "x.yaml: __use_yte__ runs code; allowed: ",
        ),
    ],
)
def test_a_file_is_checked_before_snakemake_looks_into_it(
    content: bytes, answer: str, tmp_path: Path
) -> None:
    """Catches a traceback of Snakemake's or a line without the file's name, and code that runs."""
    (tmp_path / "x.yaml").write_bytes(content)
    run = snakemake(tmp_path, "--dry-run", *preset("smoke"), str(tmp_path / "x.yaml"))
    assert run.code == 1
    *before, told = run.text.splitlines()
    assert told.startswith(str(tmp_path / answer))
    assert all(line.startswith("Using workflow specific profile") for line in before)
    assert not (HOME / "pwned").exists()


def test_a_key_twice_is_told_under_any_profile(tmp_path: Path) -> None:
    """Catches the last of two values that wins where no profile has looked at the file."""
    (tmp_path / "x.yaml").write_text("scores:\n  bootstrap: 50\n  bootstrap: 60\n")
    none = ["--workflow-profile", "none"]
    run = snakemake(tmp_path, "--dry-run", *none, *preset("smoke"), str(tmp_path / "x.yaml"))
    assert run.code == 1
    assert run.text.splitlines()[-1].endswith(
        "x.yaml, line 3: 'bootstrap' stands twice, first in line 2; allowed: each key once"
    )


@pytest.mark.parametrize(
    "given",
    ["%", "%n%", "gpu paper", "gpu| |paper", "$(shell touch pwned)", "../x", "", "g;b"],
)
def test_make_takes_a_preset_by_its_name_alone(given: str, tmp_path: Path) -> None:
    """Catches a pattern of make's that stands for any preset, and a function of make's in it."""
    shutil.copytree(HOME / "presets", tmp_path / "presets")
    shutil.copyfile(HOME / "Makefile", tmp_path / "Makefile")
    command = ["make", "--dry-run", "study", f"PRESET={given}"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert f"PRESET: given {given}; allowed: miniature gpu" in run.stderr
    assert run.stderr.count("\n") == 1
    assert not (tmp_path / "pwned").exists()


def test_make_shows_what_a_large_preset_costs_before_it_runs() -> None:
    """Catches `make study PRESET=paper` that fetches 483 GB for somebody who wanted to see."""
    there = ["--assume-old=.venv/installed", f"BIN={Path(sys.executable).parent}"]
    command = ["make", *there, "study", "PRESET=released"]
    run = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=120)
    assert run.returncode == 2
    assert "GPU-hours" in run.stdout
    assert "nothing was started; to run it: make study PRESET=released YES=1" in run.stdout
    shown = subprocess.run(
        [*command, "--dry-run", "YES=1"], cwd=HOME, capture_output=True, text=True
    )
    assert "-m snakemake --configfile presets/released.yaml" in shown.stdout
    assert "plan" not in shown.stdout


def test_a_preset_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Catches a misspelt preset that quietly becomes the miniature."""
    run = snakemake(tmp_path, "--dry-run", "--configfile", "presets/smok.yaml")
    assert run.code != 0
    assert "smok.yaml" in run.text


def test_sources_without_a_pin_are_told_before_the_first_job(tmp_path: Path) -> None:
    """Catches a run that begins, and ends at the first download, for want of a pin; one source
    named at a time; a refusal of what is fetched already, or what no job needs; a dry run that is
    refused; and a pin that goes to another lock than the study's."""
    copies = tmp_path / "copies"
    (copies / "mmstar").mkdir(parents=True)
    (copies / "mmstar/mmstar.parquet").write_bytes(b"rows")
    mine = tmp_path / "mine.lock"
    pin = Pin(revision="", files={"mmstar.parquet": measured(copies / "mmstar/mmstar.parquet")})
    write(mine, {"mmstar": pin})
    overlay = tmp_path / "overlay.yaml"
    sources = {"lock": str(mine), "mirrors": {"mmstar": str(copies)}}
    overlay.write_text(json.dumps({"sources": sources}))
    options = ["--cores", "2", "--resources", "gpu=0", "network=2", *preset("released")]
    jobs = all_jobs(studied([HOME / "presets/released.yaml"]))
    every = [job.key["source"] for job in jobs if job.stage_name == "fetch"]

    run = snakemake(tmp_path, *options)
    assert run.code == 1
    told, _, named = run.text.splitlines()[-1].partition("downscaling pin ")
    assert told == (
        f"sources.lock: no entry for {len(every)} of {len(every)} sources that are to be fetched; "
        "on a machine with a network: "
    )
    assert sorted(named.split()) == sorted(every)
    assert run.messages == []
    assert snakemake(tmp_path, *options, "--dry-run").code == 0

    run = snakemake(tmp_path, *options, str(overlay), "--", "results/released/raw/mmstar")
    assert run.code == 0, run.text
    run = snakemake(tmp_path, *options, str(overlay), "--", "fetched")
    _, _, named = run.text.splitlines()[-1].partition("downscaling pin ")
    assert sorted(named.split()) == sorted({*every, "--lock", str(mine)} - {"mmstar"})
    assert run.messages == []


def test_a_benchmark_s_file_is_looked_at_before_the_first_job(tmp_path: Path) -> None:
    """Catches hours of tuning before a column is missed in a file that lay there all the time."""
    mine = shutil.copytree(HOME / "examples/benchmark-tsv", tmp_path / "mine")
    table = mine / "shapes.tsv"
    table.write_text(table.read_text().replace("\tanswer\t", "\tsolution\t", 1))
    options = changed(tmp_path, benchmarks={"shapes": {"source": str(mine / "shapes.toml")}})
    run = snakemake(tmp_path, "--cores", "1", *options)
    assert run.code == 1
    told = f"{os.path.relpath(table, tmp_path)}: lacks the columns answer"
    assert run.text.splitlines()[-1] == f"benchmark shapes: {told}"
    assert run.messages == []
    run = snakemake(tmp_path, "--cores", "1", *options, "--", "results/smoke/backbones/tower")
    assert run.code == 0, run.text


def test_a_run_says_whose_results_it_replaces(tmp_path: Path) -> None:
    """Catches a try with other seeds that takes the results of a finished run, without a word."""
    options = changed(tmp_path, seeds=[7])
    written = tmp_path / "results/smoke/workflow/configuration.json"
    written.parent.mkdir(parents=True)
    before = studied([HOME / "presets/smoke.yaml"])
    written.write_text(json.dumps(before.configuration.values()))
    run = snakemake(tmp_path, "--cores", "1", *options, "--", "results/smoke/backbones/tower")
    assert run.code == 0, run.text
    assert "results/smoke: holds results of another configuration (seeds), which " in run.text


def test_gpus_that_are_not_there_are_told_before_the_first_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches hours of preparing data before the first tuning is refused; and a refusal of jobs
    that need no GPU."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    options = ["--cores", "1", *changed(tmp_path, jobs={"tune": {"gpu": 2}}), "--"]
    run = snakemake(tmp_path, *options, "results/smoke/models/connector-0.6B/seed-0")
    assert run.code == 1
    assert run.text.splitlines()[-1] == (
        "2 GPUs asked for, 0 present; lower `gpu` in the configuration's `jobs`, or run with "
        "--resources gpu=0 on the CPU"
    )
    assert run.messages == []
    run = snakemake(tmp_path, *options, "results/smoke/backbones/tower")
    assert run.code == 0, run.text
