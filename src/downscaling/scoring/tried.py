"""The answer parsers, tried on replies of a user's own."""

from __future__ import annotations

import csv
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import UserError, escaped
from ..records.rows import LETTERS, Question
from .parse_answer import PARSERS

_COLUMNS = ("reply", "options")
_SHOWN = 50  # characters of a reply in the table


class Reading(NamedTuple):
    """What each answer parser, by its name, reads in one reply: an option's index, from 0, or None.
    `row` counts the replies of the file from 1."""

    row: int
    reply: str
    read: dict[str, int | None]

    def values(self) -> dict[str, int | str | None]:
        """The reading as one row of a table: row, reply, and a column for each parser."""
        return {"row": self.row, "reply": self.reply, **self.read}


def read(path: Path) -> list[Reading]:
    """The readings of a CSV file with columns `reply` and `options` (separated by |).

    Raises:
        UserError: a column is missing, options are empty, or the file is no CSV in UTF-8.
    """
    readings = []
    for row, (reply, options) in enumerate(_rows(path), start=1):
        question = Question("", "", "", "", (), "", _options(path, row, options), "", "choice")
        named = {name: parser(reply, question) for name, parser in PARSERS.items()}
        readings.append(Reading(row, reply, named))
    return readings


def table(readings: list[Reading]) -> str:
    """The readings as lines for a terminal: the row, the letter of the option that each parser
    reads, as `ask` shows options, and the reply's start."""
    widths = {name: len(name) for name in PARSERS}
    lines = ["  ".join(["  row", *widths, "reply"])]
    for reading in readings:
        read = reading.read.items()
        cells = [f"{'-' if at is None else LETTERS[at]:>{widths[name]}}" for name, at in read]
        reply = escaped(textwrap.shorten(reading.reply, _SHOWN, placeholder=" …"))
        lines.append("  ".join([f"{reading.row:5}", *cells, reply]).rstrip())
    return "\n".join(lines)


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise UserError(
                    f"{path}: has no column {' and no column '.join(missing)}; the first line must "
                    "name the columns reply and options"
                )
            for row in rows:
                yield row["reply"] or "", row["options"] or ""
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not UTF-8 ({error.reason}); save it as UTF-8") from error
    except csv.Error as error:
        raise UserError(f"{path}: is no CSV ({error}); quote replies that hold commas") from error


def _options(path: Path, row: int, text: str) -> tuple[str, ...]:
    options = tuple(option.strip() for option in text.split("|"))
    if not all(options) or len(options) > len(LETTERS):
        raise UserError(
            f"{path}: row {row}: options {text!r} must be 1 to {len(LETTERS)} texts "
            "separated by |, none of them empty"
        )
    return options
