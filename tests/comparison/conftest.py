"""Small finished studies, and a reference made of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import studies
from downscaling.comparison.make_reference import make_reference

Make = Callable[..., Path]


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder, from which the paths of records start."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A function that makes a finished study in a clone of its own."""

    def made(**values: object) -> Path:
        home = tmp_path_factory.mktemp("clone")
        with inside(home):
            return home / studies.study(Path(), **values)  # type: ignore[arg-type]

    return made


@pytest.fixture(scope="session")
def default(make: Make) -> Path:
    """A default run: one seed."""
    return make()


@pytest.fixture(scope="session")
def several(make: Make) -> Path:
    """The same study with five seeds."""
    return make(seeds=(0, 1, 2, 3, 4))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, default: Path, several: Path) -> Path:
    """A shelf with the study's reference."""
    folder = tmp_path_factory.mktemp("shelf")
    make_reference(folder / studies.PRESET, default, [several])
    return folder


@pytest.fixture
def copy(tmp_path: Path, default: Path) -> Path:
    """A copy of the default run, to be damaged."""
    return shutil.copytree(default, tmp_path / "copy")


@pytest.fixture
def copied_shelf(tmp_path: Path, shelf: Path) -> Path:
    """A copy of the shelf, to be damaged."""
    return shutil.copytree(shelf, tmp_path / "shelf")
