"""Records as Hugging Face datasets: memory-mapped, for tables that are too large for Python's rows.

Apart from `files`, which most stages need: importing `datasets` takes a second.
"""

from __future__ import annotations

import glob
from pathlib import Path

import datasets
import pyarrow as pa

from ..errors import DISK
from .files import check, damaged, schema_of


def features(kind: type) -> datasets.Features:
    """The columns of a kind of records, as its dataclass in `rows` declares them."""
    return datasets.Features.from_arrow_schema(schema_of(kind))


def dataset(path: Path, kind: type, scratch: Path) -> datasets.Dataset:
    """The records of one kind in a parquet file, memory-mapped.

    scratch: a folder for the file's uncompressed copy; it must last as long as the dataset. Raises
    RecordError when the file is missing, unreadable or has other columns.
    """
    check(path, kind)
    datasets.disable_progress_bars()
    try:
        return datasets.Dataset.from_parquet(
            glob.escape(str(path)),  # a pattern
            features=features(kind),
            cache_dir=str(scratch),
        )
    except (pa.ArrowException, OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        cause = error.__cause__ or error
        if isinstance(cause, OSError) and cause.errno in DISK:
            raise cause from None
        raise damaged(path, cause) from None
