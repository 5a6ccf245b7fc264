"""A published set made into records: read in its layout, counted, drawn from, written.

Each function takes what an entry of the catalogue says of a layout, and finds the reader by its
name: nothing but that reader is imported.
"""

from __future__ import annotations

import dataclasses
import importlib
import logging
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalogue.readers import (
    BenchmarkReader,
    Makes,
    QuestionReader,
    TrainingReader,
    reader_module,
)
from ..records.files import RecordError, replacing, write
from ..records.rows import Question, Sample
from .categories import Categories
from .draws import WHOLE, Draw, candidates, drawn, evenly, records
from .images import inside, png_bytes
from .missing import Bound, judge, write_list
from .readers.omissions import Omission, RowError

if TYPE_CHECKING:
    from .readers.tables import Entry

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Places:
    """Where a set lies and where its records go.

    source: the folder of the data set (or the file of a benchmark that is one). root: the preset's
    folder, which image paths in records are relative to. records: the parquet file that is written.
    missing: the CSV file that lists what was left out, where that is anything.
    """

    source: Path
    root: Path
    records: Path
    missing: Path


def prepare_train(
    name: str,
    reader: TrainingReader,
    places: Places,
    draw: Draw = WHOLE,
    missing_share: float = 0.0,
) -> list[Omission]:
    """Write the training conversations of a set (records.Sample); what was left out.

    missing_share: the largest share of rows, from 0 to 1, that may be left out for whatever reason:
    a set is whole unless one says otherwise. Raises RecordError, one line, for what cannot be read,
    is refused, lacks more rows, or leaves no record.
    """
    what = f"training rows of {name}"
    return _prepare(what, name, "samples", reader, places, draw, missing_share, Sample)


def prepare_test(
    name: str,
    reader: QuestionReader,
    places: Places,
    draw: Draw = WHOLE,
    missing_share: float = 0.0,
) -> list[Omission]:
    """Write the test questions of a family (records.Question); what was left out. Arguments and
    errors: as of `prepare_train`."""
    what = f"questions of {name}"
    return _prepare(what, name, "questions", reader, places, draw, missing_share, Question)


def _prepare(
    what: str,
    name: str,
    makes: Makes,
    reader: Any,
    places: Places,
    draw: Draw,
    missing_share: float,
    kind: type,
) -> list[Omission]:
    """Write the records of a training set or a family; what was left out. makes: as of `records`.
    kind: of record."""
    omitted: list[Omission] = []
    known, seen = None, None
    if draw.is_ahead:
        known = candidates(name, makes, reader, places.source, places.root, draw)
        seen = {image for record in known for image in record.images}
    usable = records(name, makes, reader, places.source, places.root, omitted, seen)
    _judge(what, Bound.of_sets(missing_share), places, omitted, len(usable))
    taken = drawn(name, usable, draw)
    if known is not None:
        _check_reserve(what, known, taken, places)
    write(places.records, taken, kind)
    return omitted


def _check_reserve(what: str, known: list[Any], taken: list[Any], places: Places) -> None:
    """Raise RecordError where a row was taken whose images nobody fetched: those that were drawn
    before any image was there did not suffice."""
    ids = {record.id for record in known}
    short = sum(record.id not in ids for record in taken)
    if short:
        raise RecordError(
            f"{places.source}: of the {len(known)} {what} whose images were fetched, "
            f"{len(taken) - short} can be used and {len(taken)} are wanted; the others are listed "
            f"in {places.missing}; mend them, or fetch archives whole (sources.archives)"
        )


def prepare_benchmark(
    name: str,
    published: str,
    reader: BenchmarkReader,
    categories: Mapping[str, Sequence[str]],
    places: Places,
    images: Path,
    scratch: Path,
    required: Collection[str] = (),
    omitted_share: float = 0.0,
    draw: Draw = WHOLE,
) -> list[Omission]:
    """Write the questions of a benchmark (records.Question) and extract their images to `images`;
    what was left out.

    name: that of the benchmark in the study. published: that of the one whose rows it takes, after
    which questions are named, `<published>-<entry>`. categories: as `Categories` holds them.
    scratch: a folder for what is kept while rows are read.
    required: categories without which there is no benchmark. omitted_share: as `missing_share` of
    `prepare_train`, of the rows in the categories that are taken. draw: what is asked of the rows
    that are there, spread evenly over the categories. Raises RecordError as `prepare_train` does,
    where a required category has no row, and where one has the mean's name.
    """
    omitted: list[Omission] = []
    taken = Categories(categories)
    bound = Bound.of_benchmark(name, omitted_share)
    prefix = inside(images, places.root)
    questions: list[Question] = []
    with replacing(images) as folder:
        folder.mkdir()
        entries = _module(reader.reader).entries(
            reader, places.source, scratch, omitted, taken.takes
        )
        for entry in entries:
            category = taken.named(entry.category, f"{entry.file}, row {entry.row}")
            try:
                pngs = _new_pngs(entry, folder)
            except RowError as error:
                omitted.append(Omission.of(error, entry.file, entry.row))
                continue
            for file, png in pngs.items():
                file.write_bytes(png)
            questions.append(
                Question(
                    f"{published}-{entry.name}",
                    name,
                    category,
                    entry.axis.lower(),
                    tuple(f"{prefix}/{picture.name}.png" for picture in entry.pictures),
                    entry.text,
                    entry.options,
                    entry.answer,
                    "choice",
                    entry.published,
                )
            )
        _judge(f"questions of {name}", bound, places, omitted, len(questions))
        absent = set(required) - {question.category for question in questions}
        if absent:
            listed = ", ".join(sorted(absent))
            raise RecordError(f"{places.source}: no row of the categories {listed}")
        write(places.records, evenly(name, questions, draw), Question)
    return omitted


def _new_pngs(entry: Entry, folder: Path) -> dict[Path, bytes]:
    """The images of an entry that the folder lacks, by their files in it. Raises as `png_bytes`."""
    files = {folder / f"{picture.name}.png": picture.cell for picture in entry.pictures}
    where = f"{entry.file}, row {entry.row}"
    return {file: png_bytes(cell, where) for file, cell in files.items() if not file.exists()}


def _module(reader: str) -> Any:
    return importlib.import_module(reader_module(reader))


def _judge(what: str, bound: Bound, places: Places, omitted: Sequence[Omission], kept: int) -> None:
    """Say what was left out, and refuse what is too little."""
    for omission in omitted:
        _log.warning("%s, row %d left out: %s", omission.file, omission.row, omission.reason)
    write_list(places.missing, places.source, omitted)
    judge(what, bound, places.missing, places.source, omitted, kept)
