"""The files of a source: which there are, and the rows of a JSON array.

Rows are decoded one by one and not through `datasets`, which gives a file's rows one schema: where
some rows have a path and others a list of paths, it hands out `"a.png"` with its quotes, unasked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...records.files import RecordError


def matching(source: Path, patterns: Sequence[str]) -> list[Path]:
    """The files of a source that match one of the patterns, in order of their names; the source
    itself where it is one file. Raises RecordError if there is none."""
    if source.is_file():
        return [source]
    paths = {path for pattern in patterns for path in source.glob(pattern)}
    if not paths:
        raise RecordError(f"{source}: no such file as {' or '.join(patterns)}")
    return sorted(paths)


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a JSON array of objects, numbered from 0.

    Raises RecordError, naming file and row, where the file is missing or something else.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise RecordError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}: not UTF-8 text ({error})") from None
    decoder, place, number = json.JSONDecoder(), _skip(text, 0), 0
    if text[place : place + 1] != "[":
        raise RecordError(f"{path}: not a JSON array of rows")
    place = _skip(text, place + 1)
    if text[place : place + 1] == "]":
        return
    while True:
        try:
            row, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise RecordError(f"{path}, row {number}: not JSON ({error})") from None
        if not isinstance(row, dict):
            raise RecordError(f"{path}, row {number}: a {type(row).__name__}, not an object")
        yield number, row
        number, place = number + 1, _skip(text, place)
        if text[place : place + 1] == "]":
            return
        if text[place : place + 1] != ",":
            raise RecordError(f"{path}, row {number}: not JSON (a comma or the end is missing)")
        place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n\ufeff":
        place += 1
    return place
