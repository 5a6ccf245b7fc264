"""MMStar: multiple choice in six categories of three second-level axes each.

Layout: mmstar.parquet, columns index, question (options inline), image, answer (a letter),
category, l2_category, meta_info. Categories are given in lower case.
Source: huggingface.co/datasets/Lin-Chen/MMStar.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .annotations import Omission, RowError, choice, text_of
from .options import split
from .tables import Entry, index_of, rows

COLUMNS = ("index", "question", "image", "answer", "category", "l2_category")


def entries(source: Path, omitted: list[Omission]) -> Iterator[Entry]:
    """The benchmark's questions, `mmstar-<index>`; what is left out is added to `omitted`."""
    path = source / "mmstar.parquet"
    seen: set[int] = set()
    for number, row in rows(path, COLUMNS):
        where = f"{path}, row {number}"
        index = index_of(row, seen, where)
        try:
            text, options = split(text_of(row, "question"))
            yield Entry(
                f"mmstar-{index}",
                index,
                text_of(row, "category").lower(),
                text_of(row, "l2_category").lower(),
                text,
                options,
                choice(text_of(row, "answer"), options, letters=True),
                row["image"],
                where,
            )
        except RowError as error:
            omitted.append(Omission(str(path), number, str(error)))
