"""What a set's records miss, such as a row with a damaged image: listed, too much of it refused."""

from __future__ import annotations

import csv
import dataclasses
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..records.files import RecordError, replacing
from .readers.omissions import MissingImageError, Omission

COLUMNS = ("image", "reason", "file", "row")


@dataclasses.dataclass(frozen=True)
class Bound:
    """The largest share of a set's rows, from 0 to 1, that may be left out for whatever reason, and
    the key that says so."""

    share: float
    key: str

    @classmethod
    def of_sets(cls, share: float) -> Bound:
        """That of training sets and families."""
        return cls(share, "sources.missing_share")

    @classmethod
    def of_benchmark(cls, name: str, share: float) -> Bound:
        """That of a benchmark."""
        return cls(share, f"benchmarks.{name}.omitted_share")


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


def judge(
    what: str, bound: Bound, path: Path, source: Path, omitted: Sequence[Omission], kept: int
) -> None:
    """Raise RecordError where nothing is kept of a set, or more is left out than its bound allows.

    path: the list of what was left out, which the error names. source: the set's folder. kept: rows
    of which records were made.
    """
    lost = [omission for omission in omitted if omission.is_lost]
    first = f"{lost[0].file}, row {lost[0].row}: {_reason(source, lost[0])}; " if lost else ""
    if not kept:
        why = f"all {len(lost)} rows are left out" if lost else "no row of its files is one of them"
        listed = f"; they are listed in {path}" if lost else ""
        raise RecordError(f"{first or f'{source}: '}no usable {what}: {why}{listed}")
    total = kept + len(lost)
    share = len(lost) / total
    if share > bound.share:
        raise RecordError(
            f"{first}of the {what}, {len(lost)} of {total} rows are left out, {_percent(share)}, "
            f"and {_percent(bound.share)} are allowed ({bound.key}); they are listed in {path}; "
            f"mend them, or go on without them: {bound.key}: {math.ceil(1000 * share) / 1000:g}"
        )


def grouped(source: Path, omitted: Sequence[Omission]) -> list[dict[str, Any]]:
    """What was left out, as a job's record holds it: file inside `source`, reason, how many rows of
    that file it applies to, and which."""
    rows: dict[tuple[str, str], list[int]] = {}
    for omission in omitted:
        file = os.path.relpath(omission.file, source) if source.is_dir() else source.name
        rows.setdefault((file, omission.reason), []).append(omission.row)
    return [
        {"file": file, "reason": reason, "count": len(them), "rows": them}
        for (file, reason), them in rows.items()
    ]


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
