"""The beginning of a published file, written as a whole small file that its reader can read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from ..data.images import leads_out
from ..data.lock import SourceError
from ..data.readers.files import rows
from ..data.readers.vlmevalkit_tsv import LONGEST_CELL
from ..errors import UserError, disk_error

BEGINNING = 1 << 20
"""Bytes that are read of a file of text; its rows in them are the first rows."""
ROWS = 2
"""Rows that are read of a parquet file, images included."""
TABLES = 5_000
"""Folders of an archive whose tables are looked at; PieAPP has a few hundred."""


def write_head(stream: IO[bytes], out: Path) -> None:
    """Write the first rows of an open file of JSON, parquet or separated text to `out`, whose
    ending says which.

    Raises UserError, one line, where not even the first row can be had.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix == ".parquet":
        return _parquet(stream, out)
    data = stream.read(BEGINNING)
    out.write_bytes(data)
    if len(data) < BEGINNING:  # it is all there
        return None
    if out.suffix == ".json":
        return _json(data, out)
    return _lines(data, out)


def _json(data: bytes, out: Path) -> None:
    out.write_text(data.decode("utf-8", "ignore"), "utf-8")
    first = []
    try:
        for _, row in rows(out):
            first.append(row)
    except UserError:
        if not first:
            raise
    out.write_text(json.dumps(first), "utf-8")


def _lines(data: bytes, out: Path) -> None:
    """Whole rows of separated text: a quoted cell may hold a line's end."""
    text = io.StringIO(data.decode("utf-8-sig", "ignore"), newline="")
    dialect = csv.excel_tab if out.suffix == ".tsv" else csv.excel
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    whole = list(csv.reader(text, dialect))[:-1]
    if len(whole) < 2:
        raise SourceError(f"{out.name}: no whole row in its first {BEGINNING:,} bytes")
    with out.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, dialect).writerows(whole)


def _parquet(stream: IO[bytes], out: Path) -> None:
    """Pages are read one by one: a group of rows may hold hundreds of images."""
    try:
        with pq.ParquetFile(stream, buffer_size=1 << 16, pre_buffer=False) as file:
            first = next(file.iter_batches(ROWS), None)
            table = pa.Table.from_batches([] if first is None else [first], file.schema_arrow)
    except (pa.ArrowException, OSError) as error:
        told = " ".join(str(error).split())[:200]
        refusal = SourceError(f"{out.name}: not a readable parquet file ({told})")
        raise disk_error(error, out) or refusal from None
    pq.write_table(table, out)


def write_tables(stream: IO[bytes], folder: Path) -> None:
    """Write of each folder inside an open zip archive the first table to its place in `folder`;
    only the archive's directory and those tables are read."""
    try:
        with zipfile.ZipFile(stream) as archive:
            tables: dict[PurePosixPath, str] = {}
            for name in sorted(archive.namelist()):
                path = PurePosixPath(name)
                if path.suffix in (".csv", ".tsv", ".json") and not leads_out(name):
                    tables.setdefault(path.parent, name)
            if len(tables) > TABLES:
                raise SourceError(f"has tables in {len(tables):,} folders, more than {TABLES:,}")
            for name in tables.values():
                with archive.open(name) as table:
                    write_head(table, folder / name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise SourceError(f"not a readable zip archive ({error})") from None
