"""Benchmarks as lmms-eval reads them from the hub: parquet files, a question a row.

Layout: of each benchmark its own columns, which its entry in the catalogue names. An image column
holds bytes, a struct of `bytes` and `path`, or a list of those; options are a column each, a list,
a text that spells a list, or part of the question.
Source: github.com/EvolvingLMMs-Lab/lmms-eval, the tasks' utils.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...catalogue.readers import LmmsParquet
from ...records.rows import LETTERS
from .cells import bounded, choice, clean, question_of, text_of
from .files import matching
from .omissions import Omission, RowError
from .options import spelt, split
from .tables import Entry, check_columns, index_of, label_of, offered, pictures_of, rows

BLANK = ("", "nan", "None")
"""What stands for no text in a column that was once a table of pandas."""


def entries(
    reader: LmmsParquet,
    source: Path,
    scratch: Path,
    omitted: list[Omission],
    wanted: Callable[[str], bool] = lambda category: True,
) -> Iterator[Entry]:
    """A benchmark's questions of the wanted categories, in the order of its files and rows.

    source: its folder, or its one file. scratch: a folder for what is kept while it is read. Rows
    of which no question can be made (no image, no usable answer, too few or too many options, an
    index that names none or another of its split) are left out and added to `omitted`. Raises
    RecordError for a file of another shape.
    """
    columns = _columns(reader)
    paths = matching(source, reader.files)
    parts = {path: _split_of(path) if reader.index else "" for path in paths}
    seen: dict[str, set[int]] = {part: set() for part in parts.values()}
    count = 0
    for path, part in parts.items():
        for number, row in rows(path, columns, scratch):
            is_wanted, place, count = True, count, count + 1
            try:
                is_wanted = wanted(category := label_of(row, reader.category))
                index = index_of(row[reader.index] if reader.index else place, seen[part])
                if is_wanted:
                    name = f"{part}-{index}" if len(seen) > 1 else f"{index}"
                    yield _entry(reader, row, name, category, path, number)
            except RowError as error:
                if is_wanted:
                    omitted.append(Omission.of(error, path, number))


def check_form(reader: LmmsParquet, source: Path) -> None:
    """Raise RecordError, as `entries` does, for a file that lacks columns or rows; no row of it is
    read."""
    for path in matching(source, reader.files):
        check_columns(path, _columns(reader))


def _columns(reader: LmmsParquet) -> list[str]:
    """The columns that are read."""
    named = (reader.index, reader.category, reader.axis)
    columns = [reader.question, *reader.images, *reader.options, reader.answer, *named]
    return list(dict.fromkeys(filter(None, columns)))


def _split_of(path: Path) -> str:
    """The split that a file is of, as the hub names files: test-00000-of-00002.parquet."""
    return re.sub(r"(-\d+)?(-of-\d+)?$", "", path.stem)


def _entry(
    reader: LmmsParquet, row: dict[str, Any], name: str, category: str, path: Path, number: int
) -> Entry:
    whole = question_of(row, reader.question)
    if reader.options:
        text, options, published = whole, _options(reader, row), ""
    else:
        (text, options), published = split(whole), whole
    cells = [cell for column in reader.images for cell in _listed(row[column]) if cell is not None]
    if not cells:
        raise RowError("no image")
    axis = label_of(row, reader.axis)
    answer, pictures = _answer(reader, row, offered(options)), pictures_of(name, cells)
    return Entry(name, category, axis, text, options, answer, pictures, path, number, published)


def _listed(cell: Any) -> list[Any]:
    return cell if isinstance(cell, list) else [cell]


def _options(reader: LmmsParquet, row: dict[str, Any]) -> tuple[str, ...]:
    """A row's options. Raises RowError where one is blank that may not be."""
    if len(reader.options) > 1:
        names = list(reader.options)
        while reader.fewer_options and names and _is_blank(row[names[-1]]):
            names.pop()
        return tuple(text_of(row, name) for name in names)
    (name,) = reader.options
    listed = _listed_in(row[name]) if isinstance(row[name], str) else row[name]
    if not isinstance(listed, list | tuple) or not listed:
        raise RowError(f"its {name} lists no options")
    if any(not isinstance(option, str) or not option.strip() for option in listed):
        raise RowError(f"one of its {name} is empty or no text")
    return tuple(bounded(clean(option).strip(), f"one of its {name}") for option in listed)


def _is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip() in BLANK)


def _listed_in(text: str) -> tuple[str, ...]:
    """The options in a text: a list as Python or JSON writes one, or lettered options."""
    if text.lstrip().startswith("["):
        return spelt(text)
    return split(text)[1] or split(f"Options: {text}")[1]


def _answer(reader: LmmsParquet, row: dict[str, Any], options: tuple[str, ...]) -> str:
    """The letter of a row's right option. Raises RowError where it has none."""
    cell = row[reader.answer]
    if reader.answer_is != "index":
        return choice(text_of(row, reader.answer), options, reader.answer_is == "letter")
    if isinstance(cell, str) and cell.strip().isascii() and cell.strip().isdecimal():
        cell = int(cell)
    if not isinstance(cell, int) or isinstance(cell, bool) or not 0 <= cell < len(options):
        raise RowError(f"its answer {cell!r} is none of its options")
    return LETTERS[cell]
