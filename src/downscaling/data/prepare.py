"""The door to all adapters: a set, family or benchmark, from its published layout to records."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Collection, Sequence, Sized
from pathlib import Path
from typing import TypeVar

from ..records.files import RecordError, replacing, seed_of, write
from ..records.rows import Question, Sample
from .images import inside, png, preset_of
from .readers import coin, llava, m4, missing, mmstar, nights, pieapp, vet, vmcbench
from .readers.annotations import Omission

_SETS = (
    (coin.TASKS, coin.samples),
    (m4.DATASETS, m4.samples),
    (llava.SETS, llava.samples),
    (nights.SETS, nights.samples),
    (pieapp.SETS, pieapp.samples),
    (vet.SETS, vet.samples),
)
_QUESTIONS = (
    (coin.TASKS, coin.questions),
    (m4.DATASETS, m4.questions),
    (nights.SETS, nights.questions),
    (pieapp.SETS, pieapp.questions),
)
_BENCHMARKS = {"vmcbench": vmcbench.entries, "mmstar": mmstar.entries}
_log = logging.getLogger(__name__)
_Row = TypeVar("_Row", Sample, Question)


@dataclasses.dataclass(frozen=True)
class Most:
    """How many rows are taken of a set at most; which ones are drawn with `seed`."""

    rows: int
    seed: int


def prepare_train(
    name: str,
    source: Path,
    out: Path,
    missing_share: float = missing.SHARE,
    most: Most | None = None,
) -> list[Omission]:
    """Write the training conversations of a set (records.Sample); say what was left out.

    source: raw/<source> inside the preset's folder, which the paths in records are relative to.
    missing_share: the largest share of rows, from 0 to 1, that may be lost to missing images, which
    are listed beside `out`. most: None takes all rows. Raises RecordError, one line, for what
    cannot be read, is refused, lacks more images, or leaves no record.
    """
    omitted: list[Omission] = []
    adapters = [adapter for names, adapter in _SETS if name in names]
    if not adapters:
        raise RecordError(f"{name}: no such training set")
    made = adapters[0](source, name, omitted)
    _check(f"training rows of {name}", source, out, made, omitted, missing_share)
    write(out, _taken(name, made, most), Sample)
    return omitted


def prepare_test(
    name: str,
    source: Path,
    out: Path,
    categories: Collection[str] | None = None,
    images: Path | None = None,
    missing_share: float = missing.SHARE,
    most: Most | None = None,
) -> list[Omission]:
    """Write the questions of a family or a benchmark (records.Question); say what was left out.

    name: a family, or, where `source` is named vmcbench or mmstar, any name for the benchmark that
    is made of its rows. source: as for `prepare_train`. categories, images: of a benchmark, the
    categories that are taken (None: all), and the folder to which its images are extracted.
    Raises RecordError as `prepare_train` does.
    """
    omitted: list[Omission] = []
    if source.name in _BENCHMARKS:
        if images is None:
            raise RecordError(f"{name}: a benchmark needs a folder for its images")
        with replacing(images) as folder:
            made = _benchmark(
                name, source, folder, images=images, categories=categories, omitted=omitted
            )
    else:
        adapters = [adapter for names, adapter in _QUESTIONS if name in names]
        if not adapters:
            raise RecordError(f"{name}: no family, and {source} no benchmark")
        made = adapters[0](source, name, omitted)
    _check(f"questions of {name}", source, out, made, omitted, missing_share)
    write(out, _taken(name, made, most), Question)
    return omitted


def _taken(name: str, made: list[_Row], most: Most | None) -> list[_Row]:
    """The rows that are taken, in their order; a row's draw depends on its id and the seed."""
    if most is None or len(made) == most.rows:
        return made
    if len(made) < most.rows:
        _log.warning("%s: %d rows, fewer than the %d wanted", name, len(made), most.rows)
        return made
    drawn = sorted(made, key=lambda row: seed_of(most.seed, "take", name, row.id))[: most.rows]
    kept = {row.id for row in drawn}
    return [row for row in made if row.id in kept]


def _check(
    what: str,
    source: Path,
    out: Path,
    made: Sized,
    omitted: Sequence[Omission],
    missing_share: float,
) -> None:
    for omission in omitted:
        _log.warning("%s, row %d left out: %s", omission.file, omission.row, omission.reason)
    lost = missing.judge(what, out, source, omitted, len(made), missing_share)
    if lost:
        _log.warning("%s: %d rows dropped for missing images", what, lost)
    if not made:
        first = f"; the first row: {omitted[0].reason}" if omitted else ""
        raise RecordError(f"{source}: no usable {what}{first}")


def _benchmark(
    name: str,
    source: Path,
    folder: Path,
    *,
    images: Path,
    categories: Collection[str] | None,
    omitted: list[Omission],
) -> list[Question]:
    """The questions of a benchmark; their images go to `folder`, which will be `images`."""
    prefix = inside(images, preset_of(source))
    wanted = {category.lower() for category in categories or ()}
    folder.mkdir()
    made = []
    for entry in _BENCHMARKS[source.name](source, omitted):
        if wanted and entry.category not in wanted:
            continue
        (folder / f"{entry.index}.png").write_bytes(png(entry.image, entry.where))
        made.append(
            Question(
                entry.id,
                name,
                entry.category,
                entry.axis,
                (f"{prefix}/{entry.index}.png",),
                entry.text,
                entry.options,
                entry.answer,
                "choice",
            )
        )
    absent = wanted - {question.category for question in made}
    if absent:
        raise RecordError(f"{source}: no row of the categories {', '.join(sorted(absent))}")
    return made
