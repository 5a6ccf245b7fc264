"""Sets and benchmarks prepared by their names, as the catalogue describes them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from downscaling.catalogue import benchmarks, datasets
from downscaling.data.draws import WHOLE, Draw
from downscaling.data.prepare import Places, prepare_benchmark, prepare_test, prepare_train
from downscaling.data.readers.omissions import Omission


def places(source: Path, records: Path) -> Places:
    """Those of raw/<source> of a preset; what is left out is listed beside the records."""
    missing = records.with_name(f"{records.stem}.missing.csv")
    return Places(source, source.parent.parent, records, missing)


def train(
    name: str, source: Path, records: Path, draw: Draw = WHOLE, missing_share: float = 0.0
) -> list[Omission]:
    """Prepare a training set; what was left out."""
    reader = datasets.load()[source.name].training[name]
    return prepare_train(name, reader, places(source, records), draw, missing_share)


def questions(
    name: str, source: Path, records: Path, draw: Draw = WHOLE, missing_share: float = 0.0
) -> list[Omission]:
    """Prepare a family's test questions; what was left out."""
    reader = datasets.load()[source.name].questions[name]
    return prepare_test(name, reader, places(source, records), draw, missing_share)


def benchmark(
    name: str,
    source: Path,
    folder: Path,
    chosen: Sequence[str] | None = None,
    omitted_share: float = 0.0,
    draw: Draw = WHOLE,
) -> list[Omission]:
    """Prepare a benchmark to test.parquet and images of a folder; what was left out."""
    entry = benchmarks.load()[source.name]
    cells = benchmarks.cells_of(entry, chosen)
    at = places(source, folder / "test.parquet")
    with tempfile.TemporaryDirectory() as scratch:
        return prepare_benchmark(
            name,
            source.name,
            entry.reader,
            cells,
            at,
            folder / "images",
            Path(scratch),
            chosen or (),
            omitted_share,
            draw,
        )
