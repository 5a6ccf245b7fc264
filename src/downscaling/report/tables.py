"""Tables and figures that a preset has, as the page shows them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import groupby
from pathlib import Path

from ..audit.shown import interval, points, whole
from ..figures import captions
from ..figures.table_2_lines import AVERAGE as AVERAGES
from ..figures.table_2_lines import COLUMNS
from ..figures.validity_rows import COLUMNS as OF_CHECKS
from ..figures.validity_rows import COUNT, INFORMATION
from ..records.categories import AVERAGE
from ..results.scores import Scores
from ..results.tables import ACCURACY
from ..study.runs import Run
from .csv_file import read_csv

ACCURACIES = {name for _, _, name in COLUMNS}
"""The columns of Table 2 that hold accuracies."""
FIRST = ("model", "perception", "reasoning", "visual samples", *AVERAGES.values())
"""The columns with which Table 2 begins."""
AT_ONCE = 8
"""columns of accuracies that a table of runs shows before others are asked for"""
LAST = ("source", "training")
"""The columns with which it ends."""
ALWAYS = (*FIRST, "source")
"""The columns that show before others are asked for."""


@dataclasses.dataclass(frozen=True)
class Caption:
    """How a file of the results is called, and what it shows."""

    title: str
    text: str


@dataclasses.dataclass(frozen=True)
class Picture:
    """A figure, by its files under the preset's folder without their suffix."""

    name: str
    stem: str
    caption: Caption


@dataclasses.dataclass(frozen=True)
class Cell:
    """One cell of Table 2: an accuracy in per cent with its interval and its number of answers,
    what the paper prints, and the mean of a reference with its interval; or a text. What is not
    known is ""."""

    text: str
    ends: str = ""
    n: str = ""
    published: str = ""
    reference: str = ""


@dataclasses.dataclass(frozen=True)
class Table2:
    """Table 2 for a reader: the averages stand before the categories. `counts` holds the number of
    answers of each column in which it is the same throughout."""

    path: str
    caption: Caption
    columns: list[str]
    counts: dict[str, str]
    rows: list[list[Cell]]


@dataclasses.dataclass(frozen=True)
class Counted:
    """A column of accuracies: of a category, or the average over a benchmark's."""

    benchmark: str
    category: str

    @property
    def is_average(self) -> bool:
        return self.category == AVERAGE


@dataclasses.dataclass(frozen=True)
class RunRow:
    """What one run answered: of each column its cell, and the row of `scores.csv` behind it."""

    run: Run
    cells: list[tuple[Cell, tuple[str, ...]]]


@dataclasses.dataclass(frozen=True)
class EveryRun:
    """The accuracy of every run on every benchmark: of each the average, then its categories."""

    columns: list[Counted]
    rows: list[RunRow]

    @property
    def is_wide(self) -> bool:
        """Whether it is too wide to show whole before that is asked for."""
        return len(self.columns) > AT_ONCE


@dataclasses.dataclass(frozen=True)
class Check:
    """One row of the validity table. `decides` is whether it counts."""

    what: str
    value: str
    ends: str
    unit: str
    n: str
    training: str
    bar: str
    holds: bool
    decides: bool


@dataclasses.dataclass(frozen=True)
class Validity:
    """The validity table in groups, those that decide first; and in one line what came out."""

    path: str
    caption: Caption
    line: str
    groups: list[tuple[str, list[Check]]]


def caption(path: str) -> Caption:
    """The caption of a result by its path under the preset's folder; the file's own name where
    nothing is written about it."""
    stem = path.rsplit(".", 1)[0] if "." in path.rsplit("/", 1)[-1] else path
    return Caption(captions.title(stem), captions.caption(stem))


def picture(name: str, svg: str) -> Picture:
    """A figure by its name and by its drawing under the preset's folder."""
    stem = svg.removesuffix(".svg")
    return Picture(name, stem, caption(stem))


def table_2(path: str, file: Path) -> Table2:
    """Table 2, which stands under the preset's folder at `path`. Raises RecordError where it is
    missing or damaged."""
    head, rows = read_csv(file)
    records = [dict(zip(head, row, strict=True)) for row in rows]
    shown = [name for name in FIRST if name in head]
    shown += [name for name in head if name in ACCURACIES - {*shown}]
    shown += [name for name in LAST if name in head]
    cells = [[_cell(record, name) for name in shown] for record in records]
    found = {name: {row[place].n for row in cells} - {"", "0"} for place, name in enumerate(shown)}
    counts = {name: one for name, numbers in found.items() for one in numbers if len(numbers) == 1}
    return Table2(path, caption(path), shown, counts, cells)


def every_run(scores: Scores) -> EveryRun:
    """The runs in the order of their scores, over all seeds."""
    found = [row for row in scores.rows if row.metric == ACCURACY]
    columns = []
    for benchmark in dict.fromkeys(row.benchmark for row in found):
        categories = dict.fromkeys(row.category for row in found if row.benchmark == benchmark)
        names = [name for name in categories if name != AVERAGE]
        several = names if len(names) > 1 else []  # a single one is its own average
        columns += [Counted(benchmark, category) for category in (AVERAGE, *several)]
    rows = [RunRow(run, [_counted(scores, run, of) for of in columns]) for run in scores.runs]
    return EveryRun(columns, rows)


def _counted(scores: Scores, run: Run, of: Counted) -> tuple[Cell, tuple[str, ...]]:
    here = scores.accuracy(run, of.benchmark, of.category)
    row = ("scores", *run.listed(), of.benchmark, of.category)
    if here is None:
        return Cell(""), row
    mean = scores.reference.accuracy(run, of.benchmark, of.category)
    ends = interval(points(here.low), points(here.high))
    beside = f"{points(mean.mean)} {interval(points(mean.low), points(mean.high))}" if mean else ""
    return Cell(points(here.value), ends, str(here.n), reference=beside), row


def validity(path: str, file: Path) -> Validity:
    """The validity table, which stands under the preset's folder at `path`. Raises RecordError
    where it is missing or damaged."""
    head, rows = read_csv(file, OF_CHECKS)
    checks = [_check(dict(zip(head, row, strict=True))) for row in rows]
    checks.sort(key=lambda named: not named[1].decides)  # stable: else in their order
    groups = [
        (name, [check for _, check in members])
        for name, members in groupby(checks, key=lambda named: named[0])
    ]
    counts = Counter((check.decides, check.holds) for _, check in checks)
    decided, failed = counts[True, True] + counts[True, False], counts[True, False]
    line = f"All {decided} checks hold" if decided else "No check is about what this study ran"
    if failed:
        line = f"{failed} of {decided} checks fail"
    told = counts[False, True] + counts[False, False]
    if told:
        line += f"; {told} further rows inform and decide nothing"
    return Validity(path, caption(path), f"{line}.", groups)


def _cell(record: dict[str, str], name: str) -> Cell:
    """The cell of a column, with what stands in the columns of its interval."""

    def part(end: str) -> str:
        return record.get(f"{name}_{end}", "")

    if name not in ACCURACIES:
        text = record[name]
        return Cell(whole(int(text)) if text.isdecimal() else text, published=part("published"))
    return Cell(
        _points(record[name]),
        _interval(part("low"), part("high")),
        part("n"),
        _points(part("published")),
        " ".join(
            filter(
                None,
                (
                    _points(part("reference")),
                    _interval(part("reference_low"), part("reference_high")),
                ),
            )
        ),
    )


def _check(record: dict[str, str]) -> tuple[str, Check]:
    """A row with the name of its group, which ends at the first colon, or else comma."""
    decides = not record["check"].startswith(INFORMATION)
    check = record["check"].removeprefix(INFORMATION)
    group, _, what = check.partition(": " if ": " in check else ", ")
    number = _count if record["unit"] == COUNT else _points
    return group, Check(
        what or check,
        number(record["value"]),
        _interval(record["low"], record["high"]),
        record["unit"],
        _count(record["n"]),
        record["training"],
        number(record["bar"]),
        record["holds"] == "True",
        decides,
    )


def _interval(low: str, high: str) -> str:
    return interval(_points(low), _points(high)) if low and high else ""


def _points(fraction: str) -> str:
    return points(float(fraction)) if fraction else ""


def _count(number: str) -> str:
    return f"{float(number):.0f}" if number else ""
