"""What a set's records miss, such as a missing or damaged image: listed, too much of it refused."""

from __future__ import annotations

import csv
import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..records.files import RecordError, replacing
from .readers.omissions import MissingImageError, Omission

SHARE = 0.005
"""The share of a set's rows that may be lost to missing or damaged images where nothing else is
configured."""
COLUMNS = ("image", "reason", "file", "row")


@dataclasses.dataclass(frozen=True)
class Bound:
    """The largest share of a set's rows, from 0 to 1, that may be left out, and the key that says
    so. any_reason: whether all rows that are left out count, or those alone that lack an image."""

    share: float
    key: str
    any_reason: bool


def write_list(path: Path, source: Path, omitted: Sequence[Omission]) -> None:
    """List what was left out of a set in `path`, a CSV file. Where that is nothing there is no such
    file. source: the set's folder."""
    if not omitted:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for omission in omitted:
            reason = _reason(source, omission)
            table.writerow((omission.image, reason, omission.file, omission.row))


def judge(what: str, bound: Bound, path: Path, omitted: Sequence[Omission], kept: int) -> None:
    """Raise RecordError where more of a set is left out than its bound allows.

    path: the list of what was left out, which the error names. kept: rows of which records were
    made.
    """
    lost = [omission for omission in omitted if omission.image or bound.any_reason]
    total = kept + len(lost)
    if len(lost) > bound.share * total:
        how = "are left out" if bound.any_reason else "lack an image"
        raise RecordError(
            f"{what}: {len(lost)} of {total} rows {how}, {_percent(len(lost) / total)}, and "
            f"{_percent(bound.share)} are allowed ({bound.key}); they are listed in {path}"
        )


def grouped(source: Path, omitted: Sequence[Omission]) -> list[dict[str, Any]]:
    """What was left out, as a job's record holds it: file inside `source`, reason, and all rows of
    that file to which it applies."""
    rows: dict[tuple[str, str], list[int]] = {}
    for omission in omitted:
        file = os.path.relpath(omission.file, source) if source.is_dir() else source.name
        rows.setdefault((file, omission.reason), []).append(omission.row)
    return [{"file": file, "reason": reason, "rows": them} for (file, reason), them in rows.items()]


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _reason(source: Path, omission: Omission) -> str:
    """Why a row was left out; of an image that is not there, that the source which holds it was not
    fetched, or lacks it."""
    image = omission.image
    if not image or omission.reason != str(MissingImageError(image)):
        return omission.reason
    for folder in (source, source / "images"):
        for link in (folder / part for part in Path(image).parents):
            if link.is_symlink() and not link.exists():
                holder = Path(os.readlink(link)).name
                return f"{holder} is not fetched: downscaling fetch {holder}"
    return "not among the files that were fetched"
