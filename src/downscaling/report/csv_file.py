"""CSV files that the report shows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from ..records.files import NoFileError, RecordError


def read_csv(file: Path, needed: Sequence[str] = ()) -> tuple[list[str], list[list[str]]]:
    """The columns and the rows of a file.

    needed: columns that it has to have; one that another version wrote may lack some.

    Raises RecordError where it is missing or damaged: no text, no head, a column too few, or a row
    with more or fewer cells than there are columns.
    """
    again = "delete it and run snakemake again"
    try:
        with file.open(newline="", encoding="utf-8") as stream:
            columns, *rows = csv.reader(stream, strict=True)
    except FileNotFoundError:
        raise NoFileError(file) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordError(f"{file}: not a CSV file ({error}); {again}") from None
    except ValueError:
        raise RecordError(f"{file}: empty; {again}") from None
    for number, row in enumerate(rows, 2):
        if len(row) != len(columns):
            given = f"row {number} has {len(row)} cells and not {len(columns)}"
            raise RecordError(f"{file}: {given}; {again}")
    if lacking := [name for name in needed if name not in columns]:
        raise RecordError(f"{file}: lacks the columns {', '.join(lacking)}; {again}")
    return columns, rows
