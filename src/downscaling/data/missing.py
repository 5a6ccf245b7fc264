"""Images that cannot be had, missing or damaged: listed with the reason, and too many refused."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from ..records.files import RecordError, replacing
from .readers.omissions import MissingImageError, Omission

SHARE = 0.005
"""The share of a set's rows that may be lost to missing or damaged images where nothing else is
configured."""
COLUMNS = ("image", "reason", "file", "row")


def judge(
    what: str, path: Path, source: Path, omitted: Sequence[Omission], kept: int, share: float
) -> int:
    """List the missing images of a set in `path`, a CSV file; how many rows were dropped for them.
    Where none is missing there is no such file.

    source: the set's folder. kept: rows of which records were made. share: the largest share of all
    rows, from 0 to 1, that may be lost so. Raises RecordError, with the list's path, above it.
    """
    lost = [omission for omission in omitted if omission.image]
    if not lost:
        path.unlink(missing_ok=True)
        return 0
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for omission in lost:
            reason = _reason(source, omission)
            table.writerow((omission.image, reason, omission.file, omission.row))
    total = kept + len(lost)
    if len(lost) > share * total:
        raise RecordError(
            f"{what}: {len(lost)} of {total} rows lack an image, {len(lost) / total:.1%}, and "
            f"{share:.1%} are allowed; they are listed in {path}"
        )
    return len(lost)


def _reason(source: Path, omission: Omission) -> str:
    """Why an image cannot be had: it is damaged, or the source that holds it was not fetched, or
    lacks it."""
    image = omission.image
    if omission.reason != str(MissingImageError(image)):
        return omission.reason  # of the image itself, which is there
    for folder in (source, source / "images"):
        for link in (folder / part for part in Path(image).parents):
            if link.is_symlink() and not link.exists():
                holder = Path(os.readlink(link)).name
                return f"{holder} is not fetched: downscaling fetch {holder}"
    return "not among the files that were fetched"
