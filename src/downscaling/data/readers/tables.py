"""Parquet files of the published benchmarks, row by row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...records.files import RecordError

_ROWS = 64  # held in memory at a time, images included


@dataclasses.dataclass(frozen=True)
class Entry:
    """A question as a benchmark holds it; `options` and `answer` as in records.Question. `index`
    names its image's file, `image` is the cell with its bytes, `where` names file and row."""

    id: str
    index: int
    category: str
    axis: str
    text: str
    options: tuple[str, ...]
    answer: str
    image: Any
    where: str


def rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a parquet file, numbered from 0, with at least these columns.

    Raises RecordError where the file is missing, unreadable or lacks a column.
    """
    if not path.exists():
        raise RecordError(f"{path}: no such file")
    try:
        file = pq.ParquetFile(path)
        lacking = [name for name in columns if name not in file.schema_arrow.names]
        if lacking:
            raise RecordError(f"{path}: lacks the columns {', '.join(lacking)}")
        number = 0
        for batch in file.iter_batches(_ROWS, columns=list(columns)):
            for row in batch.to_pylist():
                yield number, row
                number += 1
    except (pa.ArrowException, OSError) as error:
        raise RecordError(f"{path}: not a readable parquet file ({error})") from error


def index_of(row: dict[str, Any], seen: set[int], where: str) -> int:
    """The row's index, which names its question and its image's file; added to `seen`.

    Raises RecordError where it is no number from 0 or occurs a second time.
    """
    index = row["index"]
    if isinstance(index, str) and index.isascii() and index.isdecimal():
        index = int(index)
    if not isinstance(index, int) or index < 0:
        raise RecordError(f"{where}: index {index!r} is no number from 0")
    if index in seen:
        raise RecordError(f"{where}: index {index} occurs twice")
    seen.add(index)
    return index
