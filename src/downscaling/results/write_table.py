"""Tables of scores written as CSV, whose bytes depend on their rows alone."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import typing
from collections.abc import Sequence
from pathlib import Path

from ..records.files import RecordError, replacing


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


def _cell(value: str | int | float) -> str:
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        raise RecordError(f"a score must be a finite number, not {value}")
    return f"{round(value, 6) + 0.0:.6f}"  # + 0.0: no "-0.000000"
