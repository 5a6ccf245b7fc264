"""A finished study, of which nothing was computed: each job's files hold its name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from damage import studied
from pretended import pretend
from running import HOME, configure, cut_down

SHIPPED = ("Snakefile", "workflow", "backbones", "reference", "sources.lock")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which a study has run: one size, three tunings, one run of each kind."""
    folder, before = tmp_path_factory.mktemp("finished"), Path.cwd()
    for name in SHIPPED:
        (folder / name).symlink_to(HOME / name)
    configure(folder, cut_down("pretended"))
    os.chdir(folder)
    try:
        pretend(studied())
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def clone(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to be damaged; the working directory."""
    folder = shutil.copytree(finished, tmp_path / "clone", symlinks=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def results(clone: Path) -> Path:
    """The preset's folder in the copy."""
    return clone / studied().paths.root
