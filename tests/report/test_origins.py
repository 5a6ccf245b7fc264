"""Which commit a report says that it was made at."""

from __future__ import annotations

import subprocess
from pathlib import Path

from downscaling.report.origins import commit


def _git(folder: Path, *words: str) -> str:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *author, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_results_are_no_edit_and_code_is(tmp_path: Path) -> None:
    """Catches a clean clone whose own run marks it as edited, since results are committed, and an
    edit of the code or the configuration that is not told."""
    _git(tmp_path, "init", "-q")
    files = {
        name: tmp_path / name
        for name in ("src/downscaling/a.py", "results/miniature/scores/scores.csv", "config.yaml")
    }
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("1")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-qm", "a")
    _git(tmp_path, "tag", "v1")
    head = _git(tmp_path, "rev-parse", "HEAD")
    code = tmp_path / "src/downscaling"
    assert commit(code) == head
    files["results/miniature/scores/scores.csv"].write_text("2")
    (tmp_path / "a note").write_text("untracked")
    assert commit(code) == head
    for name in ("src/downscaling/a.py", "config.yaml"):
        files[name].write_text("2")
        assert commit(code) == f"{head}, edited"
        files[name].write_text("1")


def test_a_folder_outside_a_clone_has_no_commit(tmp_path: Path) -> None:
    """Catches a traceback for an installed package."""
    assert commit(tmp_path) == ""
