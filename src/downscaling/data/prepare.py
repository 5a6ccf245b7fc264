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
from typing import Any, TypeVar

from ..catalogue.readers import BenchmarkReader, QuestionReader, TrainingReader, reader_module
from ..records.files import RecordError, replacing, seed_of, write
from ..records.rows import Question, Sample
from .images import inside, png_bytes
from .missing import SHARE, judge
from .readers.omissions import Omission

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
    missing: the CSV file that lists images which cannot be had, where there are any.
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
    missing_share: float = SHARE,
) -> list[Omission]:
    """Write the training conversations of a set (records.Sample); what was left out.

    missing_share: the largest share of rows, from 0 to 1, that may be lost to missing images.
    Raises RecordError, one line, for what cannot be read, is refused, lacks more images, or leaves
    no record.
    """
    omitted: list[Omission] = []
    samples = _module(reader.reader).samples(name, reader, places.source, places.root, omitted)
    _finish(f"training rows of {name}", name, samples, Sample, omitted, places, draw, missing_share)
    return omitted


def prepare_test(
    name: str,
    reader: QuestionReader,
    places: Places,
    draw: Draw = WHOLE,
    missing_share: float = SHARE,
) -> list[Omission]:
    """Write the test questions of a family (records.Question); what was left out. Arguments and
    errors: as of `prepare_train`."""
    omitted: list[Omission] = []
    questions = _module(reader.reader).questions(name, reader, places.source, places.root, omitted)
    _finish(f"questions of {name}", name, questions, Question, omitted, places, draw, missing_share)
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
) -> list[Omission]:
    """Write the questions of a benchmark (records.Question) and extract their images to `images`;
    what was left out.

    name: that of the benchmark in the study. published: that of the one whose rows it takes, after
    which questions are named, `<published>-<entry>`. categories: those that are taken, each with
    what a row's cell holds that is of it, in any case of letters; none takes all rows, each under
    what its cell holds. scratch: a folder for what is kept while the rows are read.
    required: categories without which there is no benchmark. Raises RecordError as `prepare_train`
    does, and where one of those has no row.
    """
    omitted: list[Omission] = []
    category_of = {c.lower(): category for category, cells in categories.items() for c in cells}
    prefix = inside(images, places.root)
    questions: list[Question] = []
    with replacing(images) as folder:
        folder.mkdir()
        for entry in _module(reader.reader).entries(reader, places.source, scratch, omitted):
            cell = entry.category.lower()
            if category_of and cell not in category_of:
                continue
            for picture in entry.pictures:
                file = folder / f"{picture.name}.png"
                if not file.exists():
                    file.write_bytes(png_bytes(picture.cell, entry.where))
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
                )
            )
        absent = set(required) - {question.category for question in questions}
        if absent:
            listed = ", ".join(sorted(absent))
            raise RecordError(f"{places.source}: no row of the categories {listed}")
        _finish(f"questions of {name}", name, questions, Question, omitted, places, WHOLE, 0.0)
    return omitted


def _module(reader: str) -> Any:
    return importlib.import_module(reader_module(reader))


def _finish(
    what: str,
    name: str,
    records: list[_Record],
    kind: type[_Record],
    omitted: Sequence[Omission],
    places: Places,
    draw: Draw,
    missing_share: float,
) -> None:
    """Say what was left out, refuse what is too little, and write the records that are drawn."""
    for omission in omitted:
        _log.warning("%s, row %d left out: %s", omission.file, omission.row, omission.reason)
    lost = judge(what, places.missing, places.source, omitted, len(records), missing_share)
    if lost:
        _log.warning("%s: %d rows dropped for missing images", what, lost)
    if not records:
        first = f"; the first row: {omitted[0].reason}" if omitted else ""
        raise RecordError(f"{places.source}: no usable {what}{first}")
    write(places.records, _drawn(name, records, draw), kind)


def _drawn(name: str, records: list[_Record], draw: Draw) -> list[_Record]:
    """The records that are drawn, in their order. A draw depends on a record's id and the seed."""
    if draw.rows is None or len(records) == draw.rows:
        return records
    if len(records) < draw.rows:
        _log.warning("%s: %d rows, fewer than the %d wanted", name, len(records), draw.rows)
        return records
    by_draw = sorted(records, key=lambda record: seed_of(draw.seed, "take", name, record.id))
    chosen = {record.id for record in by_draw[: draw.rows]}
    return [record for record in records if record.id in chosen]
