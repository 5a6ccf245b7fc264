"""What the readers of multiple-choice benchmarks share: a question as a table holds it, the rows of
parquet files, a row's number."""

from __future__ import annotations

import dataclasses
import glob
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import UserError, disk_error
from ...records.files import RecordError
from ...records.rows import LETTERS
from .cells import text_of
from .omissions import RowError

_ROWS = 64  # in memory at a time, images included


@dataclasses.dataclass(frozen=True)
class Picture:
    """An image of a question. `name` is that of its file, without a suffix: two questions about one
    image give it one name. `cell` is what holds its bytes."""

    name: str
    cell: Any


@dataclasses.dataclass(frozen=True)
class Entry:
    """A question as a benchmark holds it; `options`, `answer` and `published` as in
    records.Question, `category` and `axis` as in its row's cells. `name` is its own among the
    benchmark's questions: its row's index, behind its split where there are several. `file` and
    `row` (from 0) say where it stands."""

    name: str
    category: str
    axis: str
    text: str
    options: tuple[str, ...]
    answer: str
    pictures: tuple[Picture, ...]
    file: Path
    row: int
    published: str = ""


def pictures_of(name: str, cells: Sequence[Any]) -> tuple[Picture, ...]:
    """The images of a question of that name: `<name>`, of several `<name>-<place>`."""
    if len(cells) == 1:
        return (Picture(name, cells[0]),)
    return tuple(Picture(f"{name}-{place}", cell) for place, cell in enumerate(cells))


def offered(options: Sequence[str]) -> tuple[str, ...]:
    """A question's options. Raises RowError where they are fewer than two or more than there are
    letters."""
    if not options:
        raise RowError("lists no options")
    if not 2 <= len(options) <= len(LETTERS):
        raise RowError(f"has {len(options)} options; allowed: 2 to {len(LETTERS)}")
    return tuple(options)


def label_of(row: dict[str, Any], name: str) -> str:
    """A cell's category; empty where the benchmark names no such column, or does without it. Raises
    RowError where the cell is empty or no text."""
    return text_of(row, name) if name in row else ""


def rows(path: Path, columns: Sequence[str], scratch: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a parquet file, numbered from 0, as these columns' plain values: images stay
    the bytes that they are.

    scratch: a folder for what `datasets` keeps while it reads. Raises RecordError where the file is
    missing, unreadable, without rows, lacks a column or has two of one name.
    """
    if not path.exists():
        raise RecordError(f"{path}: no such file")
    number = 0
    for batch in _table(path, columns, scratch).with_format("arrow").iter(_ROWS):
        for row in batch.to_pylist():
            yield number, row
            number += 1


def check_columns(path: Path, columns: Sequence[str]) -> pa.Schema:
    """The schema of a parquet file's columns, without the file's own metadata, which would have
    images decoded, or name any type. Raises RecordError as `rows` does."""
    try:
        held = pq.read_metadata(path)
        schema = held.schema.to_arrow_schema().remove_metadata()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    lacking = [name for name in columns if name not in schema.names]
    if lacking:
        raise RecordError(f"{path}: lacks the columns {', '.join(lacking)}")
    if len(set(schema.names)) < len(schema.names):
        raise RecordError(f"{path}: has two columns of one name")
    if not held.num_rows:
        raise RecordError(f"{path}: has no rows")
    return pa.schema([schema.field(name).remove_metadata() for name in columns])


def _unreadable(path: Path, error: Exception) -> UserError:
    cause = error.__cause__ or error
    reason = " ".join(str(cause).split())[:200]
    refusal = RecordError(f"{path}: not a readable parquet file ({reason})")
    return disk_error(cause, path) or refusal


def _table(path: Path, columns: Sequence[str], scratch: Path) -> Any:
    """These columns of a parquet file, as a datasets.Dataset."""
    import datasets

    datasets.disable_progress_bars()
    wanted = check_columns(path, columns)
    try:
        return datasets.Dataset.from_parquet(
            glob.escape(str(path)),  # a pattern
            columns=list(columns),
            features=datasets.Features.from_arrow_schema(wanted),
            cache_dir=str(scratch),
        )
    except (pa.ArrowException, OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise _unreadable(path, error) from None


def index_of(index: Any, seen: set[int]) -> int:
    """A row's index, which names its question and its image's file; added to `seen`.

    Raises RowError where it is no number from 0 or occurs a second time.
    """
    if isinstance(index, str) and index.isascii() and index.isdecimal() and len(index) < 19:
        index = int(index)
    if not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise RowError(f"index {str(index)[:60]!r} is no number from 0")
    if index in seen:
        raise RowError(f"index {index} occurs twice")
    seen.add(index)
    return index
