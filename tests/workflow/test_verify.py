"""Damage to a study that has run: the next job stops, and what `verify` says is what Snakemake
makes anew."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from damage import flip, flip_and_keep_the_date, studied, swap
from pretended import pretend
from running import clone, configure, cut_down, snakemake

ROOT = "results/pretended"
ANSWERS = f"{ROOT}/answers/gold/0.6B/plain/seed-0"
MODEL = f"{ROOT}/models/instruct-0.6B/seed-0"
DESCRIBED = f"{ROOT}/descriptions/instruct-0.6B/seed-0/in-domain.parquet"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone in which a study has run, by whose files nothing was computed; the working
    directory."""
    folder = tmp_path / "a clone"
    clone(folder)
    configure(folder, cut_down("pretended"))
    monkeypatch.chdir(folder)
    pretend(studied())
    return folder


def said(home: Path, target: str, job: str, *options: str) -> str:
    """The last line in the log of a job that is done again, and fails."""
    log = home / f"{ROOT}/measured/logs/{job}.log"
    log.unlink(missing_ok=True)
    run = snakemake(home, "--cores", "1", "--force", target, *options, home=home)
    assert run.code == 1, run.text[-3000:]
    return log.read_text().splitlines()[-1]


def verified(home: Path) -> dict[str, Any]:
    """What `verify` says."""
    verb = [sys.executable, "-m", "downscaling", "verify", "--json"]
    path = {"PYTHONPATH": str(home / "src")}
    done = subprocess.run(
        verb, cwd=home, env=os.environ | path, stdout=subprocess.PIPE, text=True, check=False
    )
    values: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if values["is_good"] else 1)
    return values


def test_swapped_answers_stop_the_next_job_and_are_made_anew(home: Path) -> None:
    """Catches scores of one benchmark that are computed from the answers to another, and advice
    that Snakemake does not follow, or follows for other files."""
    assert verified(home)["is_good"]
    swap(home / ANSWERS / "in-domain.parquet", home / ANSWERS / "out-of-domain.parquet")
    assert said(home, f"{ROOT}/scores/graded.parquet", "grade").startswith(
        f"downscaling: {ANSWERS}/in-domain.parquet: not what its job made"
    )
    command = shlex.split(verified(home)["command"])
    dry = snakemake(home, "--dry-run", *command[1:], home=home)
    assert dry.code == 0, dry.text[-3000:]
    assert dry.stages["reason"] == 1
    assert dry.stages["tune"] == 0


def test_a_flipped_bit_in_weights_stops_the_next_job(home: Path) -> None:
    """Catches a model that answers otherwise than the one that was tuned; and a strict run that
    believes dates."""
    weights = home / MODEL / "weights"
    flip(weights)
    problem = (
        f"downscaling: {MODEL}/weights: was changed since the folder was sealed; "
        f"make it anew: run snakemake again with --forcerun {MODEL}"
    )
    assert said(home, DESCRIBED, "perceive/instruct-0.6B/seed-0") == problem
    flip(weights)  # as it was
    os.utime(weights, ns=(0, 0))
    flip_and_keep_the_date(weights)
    manifest = home / MODEL / ".manifest.json"
    manifest.rename(manifest.with_name("aside"))
    manifest.with_name("aside").rename(manifest)
    assert said(home, DESCRIBED, "perceive/instruct-0.6B/seed-0") != problem
    strict = ("--config", "strict=True")
    assert said(home, DESCRIBED, "perceive/instruct-0.6B/seed-0", *strict) == problem
