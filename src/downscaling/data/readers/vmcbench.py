"""VMCBench: multiple choice over rows of other benchmarks, each row's origin as its category.

Layout: data/*.parquet (the paper scored dev and test together), columns index, question, A, B, C,
D, answer (a letter), category, image. Categories are given in lower case.
Source: huggingface.co/datasets/suyc21/VMCBench.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...records.files import RecordError
from .annotations import Omission, RowError, choice, text_of
from .tables import Entry, index_of, rows

COLUMNS = ("index", "question", "A", "B", "C", "D", "answer", "category", "image")


def entries(source: Path, omitted: list[Omission]) -> Iterator[Entry]:
    """The benchmark's questions, `vmcbench-<index>`; what is left out is added to `omitted`."""
    paths = sorted((source / "data").glob("*.parquet"))
    if not paths:
        raise RecordError(f"{source / 'data'}: holds no parquet file")
    seen: set[int] = set()
    for path in paths:
        for number, row in rows(path, COLUMNS):
            where = f"{path}, row {number}"
            index = index_of(row, seen, where)
            try:
                options = tuple(text_of(row, name) for name in "ABCD")
                yield Entry(
                    f"vmcbench-{index}",
                    index,
                    text_of(row, "category").lower(),
                    "",
                    text_of(row, "question"),
                    options,
                    choice(text_of(row, "answer"), options, letters=True),
                    row["image"],
                    where,
                )
            except RowError as error:
                omitted.append(Omission(str(path), number, str(error)))
