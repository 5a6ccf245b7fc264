"""Tables and figures that a preset has, as the page shows them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from ..figures import captions
from .csv_file import read_csv

FOLDED = ("low", "high", "n", "published")


@dataclasses.dataclass(frozen=True)
class Caption:
    """How a file of the results is called, and what it shows."""

    title: str
    text: str


@dataclasses.dataclass(frozen=True)
class Cell:
    """One cell; `low`, `high` and `n` are those of a number that has them, `published` is what the
    paper prints for it; else ""."""

    text: str
    low: str = ""
    high: str = ""
    n: str = ""
    published: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """A CSV file for a reader: the columns of an interval, and of what the paper prints, are folded
    into that of their number."""

    path: str
    caption: Caption
    columns: list[str]
    rows: list[list[Cell]]


@dataclasses.dataclass(frozen=True)
class Picture:
    """A figure, by its files under the preset's folder without their suffix."""

    name: str
    stem: str
    caption: Caption


def caption(path: str) -> Caption:
    """The caption of a result by its path under the preset's folder; the file's own name where
    nothing is written about it."""
    stem = path.rsplit(".", 1)[0] if "." in path.rsplit("/", 1)[-1] else path
    return Caption(captions.title(stem), captions.caption(stem))


def picture(name: str, svg: str) -> Picture:
    """A figure by its name and by its drawing under the preset's folder."""
    stem = svg.removesuffix(".svg")
    return Picture(name, stem, caption(stem))


def table(path: str, file: Path) -> Table:
    """A CSV file that stands under the preset's folder at `path`. Raises RecordError where it is
    missing or damaged."""
    head, rows = read_csv(file)
    places = {name: place for place, name in enumerate(head)}
    folded = {
        name: {end: places[own] for end in FOLDED if (own := _column(name, end)) in places}
        for name in head
    }
    hidden = {place for ends in folded.values() for place in ends.values()}
    shown = [name for name in head if places[name] not in hidden]
    return Table(
        path,
        caption(path),
        shown,
        [
            [
                Cell(
                    _rounded(row[places[name]]),
                    **{end: _rounded(row[place]) for end, place in folded[name].items()},
                )
                for name in shown
            ]
            for row in rows
        ],
    )


def _column(name: str, end: str) -> str:
    """The column that holds an end of a number's interval."""
    return end if name == "value" else f"{name}_{end}"


def _rounded(cell: str) -> str:
    """A fraction with three decimals, a whole number without any; anything else as it is."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    whole = cell.isdigit() or (number.is_integer() and abs(number) > 1)
    return f"{number:.0f}" if whole else f"{number:.3f}"
