"""The benchmarks of multiple choice: one file each in `benchmarks/`, or a user's own anywhere.

An entry says where the benchmark lies, which reader reads it, and what its categories are called.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from ..config.block import Block, Count
from ..records.categories import unfit_category
from ..records.files import RecordError
from .entries import Texts, listed, read
from .readers import BenchmarkReader
from .sources import Source


class Benchmark(Block):
    """A published benchmark."""

    source: Source
    reader: BenchmarkReader
    categories: dict[str, Texts] = Field(default={})
    """its categories, each with what a row's cell holds that is of it, in any case of letters;
    none: what the cells hold, in small letters"""
    rows: dict[str, Count] = Field(default={})
    """questions of each category, as far as they are known before it is fetched"""
    truth: str = ""
    """the folder under truth/ in which the miniature, which renders this benchmark too, says what
    it knows of it; empty: the miniature does not render it"""
    official_phrases: bool = False
    """whether the paper's own repository has focus phrases for it"""

    @model_validator(mode="after")
    def _is_told_apart(self) -> Self:
        """Each row is of one category at most, and each score of one."""
        taken: dict[str, str] = {}
        for category, cells in self.categories.items():
            name = category.strip().lower()
            if not name or unfit_category(name):
                raise ValueError(f"categories: given {category!r}; allowed: another name")
            if not cells:
                raise ValueError(
                    f"categories.{category}: given []; allowed: what its rows' cells hold"
                )
            for cell in cells:
                other = taken.setdefault(cell.lower(), category)
                if other != category:
                    raise ValueError(
                        f"categories.{category}: given {cell}, as {other}; allowed: each cell once"
                    )
        return self


@cache
def load() -> dict[str, Benchmark]:
    """Every benchmark of the catalogue by name. Raises RecordError, one line, for an entry that is
    none."""
    return {name: read(path, Benchmark) for name, path in listed("benchmarks")}


def name_of(source: str) -> str:
    """What a benchmark's folder and its questions are named after: its name in the catalogue, or
    the name of a user's own file."""
    return Path(source).stem if source.endswith(".toml") else source


def named(source: str, folder: Path) -> Benchmark:
    """The benchmark that a configuration names: by a name of the catalogue, or by the path of a
    TOML file relative to `folder`, which is the Snakefile's.

    A path inside a user's file is relative to that file; the benchmark returned has it relative to
    `folder`. Raises RecordError, one line, for what is neither, or lacks its data file.
    """
    shipped = load()
    if not source.endswith(".toml"):
        if source not in shipped:
            known = ", ".join(shipped)
            raise RecordError(f"given {source}; allowed: {known}, or the path of a .toml file")
        return shipped[source]
    if name_of(source) in shipped:
        raise RecordError(f"{source}: named as a benchmark of the catalogue; rename the file")
    benchmark = read(folder / source, Benchmark)
    if not benchmark.source.path:
        return benchmark
    data = os.path.normpath(Path(source).parent / benchmark.source.path)
    if not (folder / data).exists():
        raise RecordError(f"{source}: source.path: {data} does not exist")
    return benchmark.model_copy(
        update={"source": benchmark.source.model_copy(update={"path": data})}
    )


def cells_of(benchmark: Benchmark, chosen: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """The categories that a configuration chooses, each with what a row's cell holds that is of it;
    without a choice all of the entry's. No category at all stands for what the cells hold.

    Raises RecordError, one line, for a category that the entry does not have.
    """
    known = benchmark.categories
    if chosen is None:
        return dict(known)
    for category in chosen:
        if known and category not in known:
            raise RecordError(f"given {category}; allowed: {', '.join(known)}")
    return {category: known.get(category, (category,)) for category in chosen}
