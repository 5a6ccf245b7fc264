"""Which rows of a published set are taken. A row's id and a seed decide, neither the order of rows
nor what else there is; so the rows whose images are needed are known before any image is there."""

from __future__ import annotations

import dataclasses
import importlib
import logging
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeVar

from ..catalogue.readers import Coin, Makes, reader_module
from ..records.files import seed_of
from ..records.rows import Question, Sample
from .readers.omissions import Omission

RESERVE = 8
"""Rows that are looked at beside those that are wanted, at least: a few cannot be used."""
_log = logging.getLogger(__name__)
_Record = TypeVar("_Record", Sample, Question)


@dataclasses.dataclass(frozen=True)
class Draw:
    """How many rows are taken of a set at most, and the seed of which ones; None takes all.

    is_ahead: whether rows are drawn before their images are looked at: only the images of those
    that are drawn, and of some in reserve, are there.
    """

    rows: int | None = None
    seed: int = 0
    is_ahead: bool = False


WHOLE = Draw()


def records(
    name: str,
    makes: Makes,
    reader: Any,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Any]:
    """The records of a set by its reader, in their order; arguments and errors as of
    `llava.samples`."""
    module = importlib.import_module(reader_module(reader.reader))
    made: list[Any] = getattr(module, makes)(name, reader, source, root, omitted, seen)
    return made


def candidates(
    name: str, makes: Makes, reader: Any, source: Path, root: Path, draw: Draw
) -> list[Any]:
    """The records that are drawn and some in reserve, all made of annotations alone: that their
    images are there is not known. Arguments and errors: as of `records`.

    The first of them that can be used are those that `drawn` takes where every image is there.
    """
    if isinstance(reader, Coin) and reader.answers:  # they lie in a source that may not be there
        reader = reader.model_copy(update={"answers": "", "rule": "equal"})
    known = _by_draw(name, records(name, makes, reader, source, root, [], seen=()), draw)
    return known if draw.rows is None else known[: with_reserve(draw.rows)]


def with_reserve(rows: int) -> int:
    """How many rows are looked at where so many are wanted, and no image is there yet."""
    return rows + max(RESERVE, rows // 4)


def drawn(name: str, records: list[_Record], draw: Draw) -> list[_Record]:
    """The records that are drawn, in their order."""
    if draw.rows is None or len(records) == draw.rows:
        return records
    if len(records) < draw.rows:
        _log.warning("%s: %d rows, fewer than the %d wanted", name, len(records), draw.rows)
        return records
    chosen = {record.id for record in _by_draw(name, records, draw)[: draw.rows]}
    return [record for record in records if record.id in chosen]


def evenly(name: str, questions: list[Question], draw: Draw) -> list[Question]:
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
