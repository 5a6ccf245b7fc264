"""NIGHTS: triplets of images, and which of two candidates people find more like the reference.

Layout: data.csv, image paths relative to its folder (ref/xxx/yyy.png, distort/xxx/yyy_0.png and
yyy_1.png). Triplets with fewer than 6 votes, all for one side, are left aside, as the set's own
loader leaves them. That loader reads the columns in part by place, and so does this one: 0 is the
id, 2 the share of votes for the right image, 4 to 6 the paths of reference, left and right.
Source: github.com/ssundaram21/dreamsim, dataset/README.md and dataset/dataset.py.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

from ...catalogue.readers import Nights
from ...records.files import RecordError
from ...records.rows import Question, Sample
from ..images import ImageFolder
from . import judgements
from .judgements import Judgement
from .omissions import Omission, RowError

VOTES = 6


def samples(
    name: str,
    reader: Nights,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Sample]:
    """The training conversations, `nights-<id>`; arguments and errors as of `llava.samples`."""
    images, judged = _judged(reader.split, source, root, omitted, seen)
    return judgements.samples(judged, name, images, omitted)


def questions(
    name: str,
    reader: Nights,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None = None,
) -> list[Question]:
    """The test questions, `nights-<id>`; arguments and errors as of `llava.samples`."""
    images, judged = _judged(reader.split, source, root, omitted, seen)
    return judgements.questions(judged, name, "nights", images, omitted)


def _judged(
    split: str,
    source: Path,
    root: Path,
    omitted: list[Omission],
    seen: Collection[str] | None,
) -> tuple[ImageFolder, Iterator[Judgement]]:
    folder = judgements.folder_with("data.csv", source)
    return ImageFolder(folder, root, seen), _rows(folder / "data.csv", split, omitted)


def _rows(path: Path, split: str, omitted: list[Omission]) -> Iterator[Judgement]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = next(csv.reader(stream), [])
    lacking = [name for name in ("votes", "split") if name not in header]
    if lacking:
        raise RecordError(f"{path}: lacks the columns {', '.join(lacking)}")
    votes, part = header.index("votes"), header.index("split")
    for number, row in judgements.cells(path, len(header)):
        if row[part] != split:
            continue
        try:
            if not row[votes].isdecimal():
                raise RowError(f"{row[votes]!r} is no number of votes")
            if int(row[votes]) < VOTES:
                continue
            images = (row[4], row[5], row[6])
            yield Judgement(f"nights-{row[0]}", images, judgements.share(row[2]), path, number)
        except RowError as error:
            omitted.append(Omission.of(error, path, number))
