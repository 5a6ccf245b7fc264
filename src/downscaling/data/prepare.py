"""A published set made into records: read in its layout, counted, drawn from, written.

Each function takes what an entry of the catalogue says of a layout, and finds the reader by its
name: nothing but that reader is imported.
"""

from __future__ import annotations

import dataclasses
import importlib
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..catalogue.readers import BenchmarkReader, QuestionReader, TrainingReader, reader_module
from ..records.files import RecordError, replacing, seed_of, write
from ..records.rows import Question, Sample
from .images import inside, png_bytes
from .missing import Bound, judge, write_list
from .readers.omissions import Omission, RowError

if TYPE_CHECKING:
    from .readers.tables import Entry

_log = logging.getLogger(__name__)
_Record = TypeVar("_Record", Sample, Question)


@dataclasses.dataclass(frozen=True)
class Draw:
    """How many rows are taken of a set at most, and the seed of which ones; None takes all."""

    rows: int | None = None
    seed: int = 0


WHOLE = Draw()


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
    omitted: list[Omission] = []
    samples = _module(reader.reader).samples(name, reader, places.source, places.root, omitted)
    bound = Bound.of_sets(missing_share)
    _judge(f"training rows of {name}", bound, places, omitted, len(samples))
    write(places.records, _drawn(name, samples, draw), Sample)
    return omitted


def prepare_test(
    name: str,
    reader: QuestionReader,
    places: Places,
    draw: Draw = WHOLE,
    missing_share: float = 0.0,
) -> list[Omission]:
    """Write the test questions of a family (records.Question); what was left out. Arguments and
    errors: as of `prepare_train`."""
    omitted: list[Omission] = []
    questions = _module(reader.reader).questions(name, reader, places.source, places.root, omitted)
    bound = Bound.of_sets(missing_share)
    _judge(f"questions of {name}", bound, places, omitted, len(questions))
    write(places.records, _drawn(name, questions, draw), Question)
    return omitted


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
    which questions are named, `<published>-<entry>`. categories: those that are taken, each with
    what a row's cell holds that is of it, in any case of letters; none takes all rows, each under
    what its cell holds. scratch: a folder for what is kept while the rows are read.
    required: categories without which there is no benchmark. omitted_share: as `missing_share` of
    `prepare_train`, of the rows in the categories that are taken. draw: what is asked of the rows
    that are there, spread evenly over the categories. Raises RecordError as `prepare_train` does,
    and where a required category has no row.
    """
    omitted: list[Omission] = []
    category_of = {c.lower(): category for category, cells in categories.items() for c in cells}

    def is_wanted(cell: str) -> bool:
        return not category_of or cell.lower() in category_of

    bound = Bound.of_benchmark(name, omitted_share)
    prefix = inside(images, places.root)
    questions: list[Question] = []
    with replacing(images) as folder:
        folder.mkdir()
        entries = _module(reader.reader).entries(reader, places.source, scratch, omitted, is_wanted)
        for entry in entries:
            cell = entry.category.lower()
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
                    category_of.get(cell, cell or "all"),
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
        write(places.records, _evenly(name, questions, draw), Question)
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


def _drawn(name: str, records: list[_Record], draw: Draw) -> list[_Record]:
    """The records that are drawn, in their order. A draw depends on a record's id and the seed."""
    if draw.rows is None or len(records) == draw.rows:
        return records
    if len(records) < draw.rows:
        _log.warning("%s: %d rows, fewer than the %d wanted", name, len(records), draw.rows)
        return records
    chosen = {record.id for record in _by_draw(name, records, draw)[: draw.rows]}
    return [record for record in records if record.id in chosen]


def _evenly(name: str, questions: list[Question], draw: Draw) -> list[Question]:
    """The questions that are drawn, in their order: the first of each category, the second of each,
    and on, until there are as many as are wanted."""
    taken: Counter[str] = Counter()
    rounds: dict[str, int] = {}
    for question in _by_draw(name, questions, draw):
        rounds[question.id] = taken[question.category]
        taken[question.category] += 1
    chosen = set(sorted(rounds, key=rounds.__getitem__)[: draw.rows])
    return [question for question in questions if question.id in chosen]


def _by_draw(name: str, records: list[_Record], draw: Draw) -> list[_Record]:
    return sorted(records, key=lambda record: seed_of(draw.seed, "take", name, record.id))
