"""Records as Hugging Face datasets: memory-mapped, for tables that are too large for Python's rows.

Apart from `files`, which most stages need: importing `datasets` takes a second.
"""

from __future__ import annotations

import glob
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq

from .files import check, damaged, schema_of

_ROWS = 10_000
"""Rows that are held in memory at a time; left to itself it is a whole row group of the file."""


def features(kind: type) -> datasets.Features:
    """The columns of a kind of records, as its dataclass in `rows` declares them."""
    return datasets.Features.from_arrow_schema(schema_of(kind))


def dataset(path: Path, kind: type, scratch: Path) -> datasets.Dataset:
    """The records of one kind in a parquet file, memory-mapped.

    scratch: a folder for the file's uncompressed copy; it must last as long as the dataset. Raises
    RecordError when the file is missing or unreadable, lacks a column, or has one of another type.
    """
    check(path, kind)
    columns = features(kind)
    datasets.disable_progress_bars()
    try:
        if not pq.read_metadata(path).num_rows:  # which from_parquet refuses
            return datasets.Dataset.from_dict({name: [] for name in columns}, columns)
        return datasets.Dataset.from_parquet(
            glob.escape(str(path)),  # a pattern
            columns=list(columns),
            features=columns,
            batch_size=_ROWS,
            cache_dir=str(scratch),
        )
    except (pa.ArrowException, OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        raise damaged(path, error.__cause__ or error) from None
