"""Tables of flat records as CSV: a row a record, bytes that depend on the records alone.

A field whose type is `... | None` is an empty cell where it is None.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import types
import typing
from collections.abc import Sequence
from pathlib import Path

from ..errors import disk_error
from .files import NoFileError, RecordError, replacing


def write_table(path: Path, rows: Sequence[typing.Any], kind: type) -> None:
    """Write records of one flat kind as CSV, whole or not at all; floats have six decimals."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = [field.name for field in dataclasses.fields(kind)]
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])
    with replacing(path) as temporary:
        temporary.write_text(stream.getvalue(), encoding="utf-8", newline="")


def read_table(path: Path, kind: type) -> list[typing.Any]:
    """Read the records of one flat kind from a CSV file.

    Raises RecordError when the file is missing, has other columns or a value of another type.
    """
    hints = typing.get_type_hints(kind)
    if not Path(path).exists():
        raise NoFileError(Path(path))
    try:
        with Path(path).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        refusal = RecordError(f"{path}: not a readable table ({error})")
        raise disk_error(error, path) or refusal from None
    if not rows or rows[0] != list(hints):
        raise RecordError(f"{path}: its columns are not those of {kind.__name__}, {list(hints)}")
    read = [_reader(hint) for hint in hints.values()]
    try:
        return [
            kind(*(value(cell) for value, cell in zip(read, row, strict=True))) for row in rows[1:]
        ]
    except ValueError as error:
        raise RecordError(f"{path}: a row is no {kind.__name__} ({error})") from error


def _reader(hint: typing.Any) -> typing.Callable[[str], typing.Any]:
    if not isinstance(hint, types.UnionType):
        return typing.cast("typing.Callable[[str], typing.Any]", hint)
    one = hint.__args__[0]
    return lambda cell: one(cell) if cell else None


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        raise RecordError(f"a score must be a finite number, not {value}")
    return f"{round(value, 6) + 0.0:.6f}"  # + 0.0: no "-0.000000"
