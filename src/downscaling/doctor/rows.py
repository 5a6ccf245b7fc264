"""Checks of layouts: the first rows of each set and benchmark, by the reader that will read it."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ..catalogue import datasets
from ..catalogue.benchmarks import cells_of
from ..catalogue.readers import reader_module
from ..catalogue.sources import Source
from ..data.categories import Categories
from ..data.images import png_bytes
from ..data.missing import Bound
from ..data.readers.omissions import Omission, RowError
from ..errors import UserError
from ..records.files import RecordError
from ..study.study import Study
from .finding import Finding

FIRST, TRIED = 5, 50  # rows of a benchmark: that are wanted, and looked at for them
ALL = Categories({})


@dataclass(frozen=True)
class Layout:
    """Rows that a study reads of a source.

    Attributes:
        what: they are, as `training set`.
        name: of the set, family or benchmark.
        reader: what the catalogue says of how they are read.
        makes: the function of the reader's module.
        bound: what may be left out of them.
        categories: of a benchmark, those that are taken.
    """

    what: str
    name: str
    reader: Any
    makes: Literal["samples", "questions", "entries"]
    bound: Bound
    categories: Categories = ALL

    @property
    def check(self) -> str:
        """What is looked at."""
        return f"{self.what} {self.name}"

    def count(self, source: Path, root: Path, omitted: list[Omission]) -> int:
        """How many records are made; what is left out is added to `omitted`. Raises UserError, one
        line."""
        module = importlib.import_module(reader_module(self.reader.reader))
        if self.makes != "entries":
            make = getattr(module, self.makes)
            return len(make(self.name, self.reader, source, root, omitted))
        count = 0
        with tempfile.TemporaryDirectory() as kept:
            entries = module.entries(
                self.reader, source, Path(kept), omitted, self.categories.takes
            )
            for entry in islice(entries, TRIED):
                row = f"{entry.file}, row {entry.row}"
                self.categories.named(entry.category, row)
                try:
                    for picture in entry.pictures:
                        png_bytes(picture.cell, row)
                except RowError as error:
                    omitted.append(Omission.of(error, entry.file, entry.row))
                else:
                    count += 1
                if count == FIRST:
                    break
        return count


@dataclass(frozen=True)
class Lent:
    """A file that is read with a source's rows and lies in another source, by a link.

    Attributes:
        place: where the rows' reader finds it, in their source's folder.
        source: the one that holds it.
        file: its place in that one's folder.
    """

    place: str
    source: str
    file: str


def lent(layout: Layout, source: Source) -> Lent | None:
    """The file of another source that the rows of a layout need; None where they need none."""
    place = PurePosixPath(getattr(layout.reader, "answers", ""))
    for link, target in source.links.items():
        if place.is_relative_to(link):
            name, *folder = PurePosixPath(target, place.relative_to(link)).parts
            return Lent(str(place), name, str(PurePosixPath(*folder)))
    return None


def layouts(study: Study, source: str) -> list[Layout]:
    """The rows that a study reads of a source."""
    data, entry = study.data, datasets.load().get(source)
    found = [
        Layout(
            *("benchmark", name, data.entries[name].reader, "entries"),
            Bound.of_benchmark(name, data.benchmarks[name].omitted_share),
            Categories(cells_of(data.entries[name], data.benchmarks[name].categories)),
        )
        for name in data.benchmarks_on(source)
    ]
    if entry is None:
        return found
    trained, asked = data.trained_on(source), data.families_on(source)
    bound = Bound.of_sets(study.configuration.sources.missing_share)
    return [
        *(Layout("training set", n, entry.training[n], "samples", bound) for n in trained),
        *(Layout("questions of", n, entry.questions[n], "questions", bound) for n in asked),
        *found,
    ]


def own_files(study: Study) -> Iterator[Finding]:
    """The benchmarks that lie in files of the user's own."""
    for source in study.data.own_files():
        path = _own_file(study, source)
        for layout in layouts(study, source):
            yield read(layout, path, path.parent, "mend the file, or correct its entry")


def _own_file(study: Study, source: str) -> Path:
    """From where the process works, as jobs name it."""
    return Path(os.path.relpath(study.folder / study.data.own_files()[source]))


def check_own_files(study: Study, names: Collection[str]) -> None:
    """Raise UserError, one line, for the first of these benchmarks in files of the user's own that
    is of another form than its reader reads: before any job starts, and so without its rows."""
    for source in names:
        for layout in layouts(study, source):
            module = importlib.import_module(reader_module(layout.reader.reader))
            try:
                module.check_form(layout.reader, _own_file(study, source))
            except RecordError as error:
                raise UserError(f"{layout.check}: {error}") from None


def read(layout: Layout, source: Path, root: Path, remedy: str) -> Finding:
    """Whether the first rows of a layout can be read.

    source: the folder with the beginnings of its files, or a file. root: the folder that it lies
    in. remedy: for a layout that is another. Images that lie in archives are not there, and not
    missed.
    """
    reader, omitted = layout.reader.reader, list[Omission]()
    try:
        count = layout.count(source, root, omitted)
    except UserError as error:
        return Finding(layout.check, str(error).replace(f"{root}/", ""), remedy)
    lost = [one for one in omitted if one.is_lost]
    wrong = [one for one in lost if not one.image]
    whole = count + len(lost) - len(wrong)
    if not lost and not count:
        told = f"not seen: none of its rows is among those that {reader} was given"
        return Finding(layout.check, told, is_seen=False)
    if not wrong:
        return Finding(layout.check, f"{reader} reads {whole} of its first rows")
    first = f"{wrong[0].file}, row {wrong[0].row}: {wrong[0].reason}".replace(f"{root}/", "")
    if not whole:
        told = f"none of its first {len(wrong)} rows can be used; {first}"
        return Finding(layout.check, told, remedy)
    told = (
        f"{reader} reads {whole} of its first rows; {len(wrong)} are left out, the first: {first}"
    )
    if layout.bound.share:
        return Finding(layout.check, told)
    return Finding(layout.check, told, f"mend them, or allow some with {layout.bound.key}")
