"""A study that DVC keeps, its clones, and what restores them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from running import HOME, configure, cut_down

MODEL = "results/miniature/models/m"
PAGE = "results/miniature/report.html"
WEIGHTS = b"weights" * 99
STAGE = {"cmd": "true", "deps": ["workflow/scripts"], "outs": [MODEL, PAGE]}
AUTHOR = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull}
AUTHOR |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def run(folder: Path, *command: str) -> tuple[int, str]:
    """How a command ends, and what it prints."""
    bin_folder = str(Path(sys.executable).parent)
    path = os.pathsep.join([bin_folder, os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | AUTHOR | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def dvc(folder: Path, *arguments: str) -> None:
    """DVC, which must succeed."""
    code, said = run(folder, sys.executable, "-m", "dvc", *arguments)
    assert code == 0, said


def git(folder: Path, *arguments: str) -> None:
    """Git, which must succeed."""
    code, said = run(folder, "git", *arguments)
    assert code == 0, said


def restore(folder: Path) -> tuple[int, list[str]]:
    """How the verb ends, and its lines."""
    code, said = run(folder, sys.executable, "-m", "downscaling", "restore")
    assert "Traceback" not in said, said
    return code, [line for line in said.splitlines() if line.startswith(("downscaling", "min"))]


def push_study(study: Path, remote: str, **settings: str) -> None:
    """Make a study with two results in a folder, and push it to a remote."""
    study.mkdir()
    shutil.copytree(HOME / ".dvc", study / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp"))
    shutil.copytree(HOME / "workflow/scripts", study / "workflow/scripts")
    for name in ("backbones", "reference", "sources.lock"):
        (study / name).symlink_to(HOME / name)
    configure(study, cut_down("miniature"))
    (study / MODEL).mkdir(parents=True)
    (study / MODEL / "weights").write_bytes(WEIGHTS)
    (study / MODEL / "config.json").write_text("{}")
    (study / PAGE).write_text("page")
    (study / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"study": STAGE}}))
    git(study, "init", "-q")
    dvc(study, "remote", "add", "--default", "store", remote)
    for name, value in settings.items():
        dvc(study, "remote", "modify", "store", name, value)
    dvc(study, "commit", "-f")
    git(study, "add", ".")
    git(study, "commit", "-qm", "study")
    dvc(study, "push")
