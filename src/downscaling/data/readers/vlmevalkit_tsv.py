"""Benchmarks as VLMEvalKit reads them: tab-separated, a question a row, images in base64.

Layout: columns index, image, question, A, B and on, answer (a letter); and, where the file has
them, hint, category and l2-category. An image is base64 text, or a list of such texts as Python
writes it, or the index of another row whose image it is. A blank option is not offered.
An index that stands twice is its first row's, and so is the image to which others point by it.
A row of which no question can be made is left out; one with more or fewer cells than columns shows
that the file is of another form.
Source: github.com/open-compass/VLMEvalKit, vlmeval/dataset/image_base.py.
"""

from __future__ import annotations

import base64
import binascii
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...catalogue.readers import VlmevalkitTsv
from ...records.files import RecordError
from ...records.rows import LETTERS
from ..images import MAX_BYTES
from .cells import choice, question_of, text_of
from .files import matching
from .omissions import Omission, RowError
from .tables import Entry, Picture, index_of, label_of, offered, pictures_of

REQUIRED = ("index", "image", "question", "A", "B", "answer")
LONGEST_CELL = 8 * MAX_BYTES
"""Characters of a cell: some images of the largest allowed size."""
LONGEST_INDEX = 64
"""Characters of an image cell that is another row's index."""
SHOWN = 40
"""Characters of an image cell that a message shows."""
Row = dict[str, str]


def entries(
    reader: VlmevalkitTsv,
    source: Path,
    scratch: Path,
    omitted: list[Omission],
    wanted: Callable[[str], bool] = lambda category: True,
) -> Iterator[Entry]:
    """A benchmark's questions of the wanted categories, in the order of its files and rows.

    source: its folder, or its one file. scratch: unused. A row without an image, with a damaged
    one, without an answer, with an answer that is none of its options, with too few or too many
    options, or with an index that names none or another is left out and added to `omitted`. Raises
    RecordError, one line with file and row, for what is no such table.
    """
    paths = matching(source, reader.files)
    shared = _shared_images(paths)
    seen: set[int] = set()
    for path in paths:
        for number, row in _rows(path, reader):
            is_wanted = True
            try:
                is_wanted = wanted(category := label_of(row, reader.category or "category"))
                index = index_of(row["index"], seen)
                if is_wanted:
                    pictures = _pictures(row["image"], index, shared)
                    yield _entry(reader, row, str(index), category, pictures, path, number)
            except RowError as error:
                if is_wanted:
                    omitted.append(Omission.of(error, path, number))


def check_form(reader: VlmevalkitTsv, source: Path) -> None:
    """Raise RecordError, as `entries` does, for a file whose header or first row is of another
    form; no more of it is read."""
    for path in matching(source, reader.files):
        next(_rows(path, reader), None)


def _entry(
    reader: VlmevalkitTsv,
    row: Row,
    name: str,
    category: str,
    pictures: tuple[Picture, ...],
    path: Path,
    number: int,
) -> Entry:
    text = question_of(row, "question")
    if row.get("hint"):
        text = f"{text_of(row, 'hint')}\n{text}"
    letters = [letter for letter in LETTERS if row.get(letter)]
    if letters != list(LETTERS[: len(letters)]):
        raise RowError(f"its options are {', '.join(letters)}, with a gap")
    options = offered([text_of(row, letter) for letter in letters])
    answer = choice(text_of(row, "answer"), options, letters=True)
    axis = label_of(row, reader.axis or "l2-category")
    return Entry(name, category, axis, text, options, answer, pictures, path, number)


def _pictures(cell: str, index: int, shared: dict[int, str]) -> tuple[Picture, ...]:
    """The images of a row. One that another row holds has that row's name."""
    if not cell:
        raise RowError("no image")
    if _is_index(cell):
        index = int(cell)
        cell = shared.get(index, "")
        if not cell or _is_index(cell):
            raise RowError(f"image {index} is no row that holds an image")
    texts = (
        [text.strip("'\" ") for text in cell.strip("[]").split(",")] if cell[0] == "[" else [cell]
    )
    return pictures_of(str(index), [_decoded(text) for text in texts])


def _decoded(text: str) -> bytes:
    """The bytes of an image. Raises RowError that says what a text is that is no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        if text.startswith("data:"):
            found = "a data URI; give the base64 text behind its comma alone"
        elif "://" in text:
            found = "an address; give the image itself as base64 text"
        elif "." in text or "\\" in text:
            found = "a path; give the image itself as base64 text"
        else:
            found = f"damaged base64 ({error})"
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        raise RowError(f"image {shown!r} is {found}") from None


def _is_index(cell: str) -> bool:
    return len(cell) <= LONGEST_INDEX and cell.isascii() and cell.isdecimal()


def _shared_images(paths: Sequence[Path]) -> dict[int, str]:
    """The image cells of the rows to which other rows point, by index: of several rows of one
    index, in whichever file, the first one's, as `index_of` takes that row and no other."""

    def rows() -> Iterator[Row]:
        return (row for path in paths for _, row in _rows(path))

    wanted = {int(row["image"]) for row in rows() if _is_index(row["image"])}
    shared: dict[int, str] = {}
    for row in rows() if wanted else ():
        if _is_index(row["index"]) and (index := int(row["index"])) in wanted:
            shared.setdefault(index, row["image"])
    return shared


def _rows(path: Path, reader: VlmevalkitTsv | None = None) -> Iterator[tuple[int, Row]]:
    """The rows below a file's header, numbered from 0, without outer blanks in their cells.

    reader: columns that it names have to be there too. Raises RecordError where the file is no
    table of this form.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    number = -1
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            table = csv.reader(stream, delimiter="\t", strict=True)
            header = [name.strip() for name in next(table, [])]
            wanted = [] if reader is None else [n for n in (reader.category, reader.axis) if n]
            lacking = [name for name in (*REQUIRED, *wanted) if name not in header]
            if lacking:
                form = "; its cells are not separated by tabs" if len(header) == 1 else ""
                raise RecordError(f"{path}: lacks the columns {', '.join(lacking)}{form}")
            if len(set(header)) < len(header):
                raise RecordError(f"{path}: has two columns of one name")
            if "AA" in header:
                further = ", ".join(name for name in header if re.fullmatch("A[A-Z]", name))
                raise RecordError(f"{path}: has the option columns {further}; allowed: A to Z")
            for number, cells in enumerate(filter(None, table)):
                if len(cells) != len(header):
                    columns = f"{len(cells)} cells for {len(header)} columns"
                    raise RecordError(f"{path}, row {number}: {columns}")
                row = (cell.strip() for cell in cells)
                yield number, dict(zip(header, row, strict=True))
    except FileNotFoundError:
        raise RecordError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise RecordError(f"{path}, row {number + 1}: not tab-separated text ({error})") from None
    except csv.Error as error:
        raise RecordError(
            f"{path}, row {number + 1}: not tab-separated text ({error}); a cell that begins with "
            'a quotation mark must be quoted whole: """red"" or blue?"'
        ) from None
