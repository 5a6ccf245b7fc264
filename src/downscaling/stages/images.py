"""The folders that hold the images which records name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..study.study import Study
from .stage import paths


def training_images(study: Study, sets: Iterable[str]) -> list[Path]:
    """The folders of training sets' images."""
    return paths(*(study.paths.raw(study.data.source_of(name)) for name in sets))


def tested_images(study: Study, names: Iterable[str]) -> list[Path]:
    """The folders of the images of families or benchmarks."""
    return paths(
        *(
            study.paths.benchmark_images(name)
            if name in study.data.benchmarks
            else study.paths.raw(study.data.test_source_of(name))
            for name in names
        )
    )
