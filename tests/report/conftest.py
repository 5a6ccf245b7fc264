"""Reports of made-up presets."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

import made_up
from downscaling.report.page import write


@dataclasses.dataclass(frozen=True)
class Made:
    """A preset's folder, and its report."""

    root: Path
    page: Path
    folder: Path


Make = Callable[..., Made]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """A function that makes the report of a made-up preset with so many questions."""

    def made(count: int = 24, hostile: bool = False) -> Made:
        root = tmp_path_factory.mktemp("results") / "made-up"
        made_up.results(root, count, hostile)
        made = Made(root, root / "report.html", root / "report")
        write(
            root,
            made_up.REPORTED,
            made_up.report_files(root),
            made.page,
            made.folder,
        )
        return made

    return made
