"""DVC over the graph: its stages run, and two versions of a study can be compared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from running import HOME

# The stages name the miniature's folder, so the smoke preset takes its name here.
SMALL = {"preset": "miniature"}


def run(folder: Path, *command: str) -> str:
    """What a command prints; an AssertionError with all of it where it fails."""
    searched = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    author = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull}
    author |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | author | {"PATH": searched},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout[-4000:]}"
    return done.stdout


def merged(under: dict[str, object], over: dict[str, object]) -> dict[str, object]:
    """Groups merged and lists replaced, as Snakemake merges configuration files."""
    both = dict(under)
    for key, value in over.items():
        known = both.get(key)
        both[key] = (
            merged(known, value) if isinstance(value, dict) and isinstance(known, dict) else value
        )
    return both


@pytest.mark.slow
def test_a_study_is_reproduced_and_compared(tmp_path: Path) -> None:
    """Catches a stage that names a folder nothing makes, outputs that DVC deletes before Snakemake
    runs, and metrics or parameters that two versions cannot be compared by."""
    copy = tmp_path / "study"
    unwanted = shutil.ignore_patterns(
        ".git", ".venv", ".snakemake", "results", "*_cache", "dvc.lock"
    )
    shutil.copytree(HOME, copy, ignore=unwanted)
    smoke = yaml.safe_load((HOME / "presets/smoke.yaml").read_text())
    configuration = merged(yaml.safe_load((HOME / "config.yaml").read_text()), {**smoke, **SMALL})
    (copy / "config.yaml").write_text(yaml.safe_dump(configuration))
    run(copy, "git", "init", "-q")
    run(copy, "git", "add", ".")
    run(copy, "git", "commit", "-qm", "study")

    run(copy, "dvc", "repro")
    assert "up to date" in run(copy, "dvc", "status")
    run(copy, "git", "add", ".")
    run(copy, "git", "commit", "-qm", "results")
    shown = json.loads(run(copy, "dvc", "metrics", "show", "--json"))
    (metrics,) = shown[""]["data"].values()
    assert len(metrics["data"]) > 10

    folder = copy / "results/miniature/models/seed-0"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("model.safetensors")}
    configuration = merged(configuration, {"end_to_end": {"max_new_tokens": 1}})
    (copy / "config.yaml").write_text(yaml.safe_dump(configuration))
    differing = json.loads(run(copy, "dvc", "params", "diff", "--json"))
    assert differing["config.yaml"] == {"end_to_end.max_new_tokens": {"old": 6, "new": 1}}
    run(copy, "dvc", "repro")
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("model.safetensors")}
    assert before == after != {}
    assert json.loads(run(copy, "dvc", "metrics", "diff", "--json"))
