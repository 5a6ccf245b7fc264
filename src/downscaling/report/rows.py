"""The rows behind the page's numbers: the score tables as files that the page can load, and links
to lines of them.

A link `#scores:12,15` shows lines 12 and 15 of `scores/scores.csv` on the page, each with the
commands that made what it counts.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..figures import table_2_lines
from ..records.files import RecordError
from ..results.score import runs
from ..results.tables import ALL_SEEDS
from ..study.settings import Reporting
from .origins import Origins

TABLES = {"scores": "scores/scores.csv", "differences": "scores/differences.csv"}
_NAMED = {
    "scores": ("perception", "reasoning", "mode", "benchmark", "category"),
    "differences": ("comparison", "benchmark", "category"),
}
"""The columns that name a row, of those that the preset's reader read and that pool all seeds."""

Lines = list[dict[str, str]]


class Rows:
    """The score tables of the preset under `root`, by their lines."""

    def __init__(self, root: Path, settings: Reporting) -> None:
        self.root, self.settings = root, settings
        self.tables = {name: _read(root / path) for name, path in TABLES.items()}
        wanted = {"seed": ALL_SEEDS, "metric": "accuracy", "reader": settings.reader}
        self._lines = {
            (name, *(row[column] for column in _NAMED[name])): line
            for name, rows in self.tables.items()
            for line, row in enumerate(rows, start=2)
            if all(row.get(column, value) == value for column, value in wanted.items())
        }
        self._runs = {
            (line.model, line.perception, line.reasoning): line.run
            for line in table_2_lines.lines(settings.sizes, settings.roles)
        }

    def links(self, rows: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
        """Links to rows, one for each table that holds some, and how many each shows."""
        found: dict[str, list[int]] = {}
        for row in rows:
            line = self._lines.get(tuple(row))
            if line:
                found.setdefault(row[0], []).append(line)
        return [
            (f"#{name}:{','.join(map(str, lines))}", len(lines)) for name, lines in found.items()
        ]

    def cell(self, row: Sequence[str], column: str) -> str:
        """The link of a cell of Table 2, by its model and its column; "" for any other."""
        run = self._runs.get((row[0], row[1], row[2])) if len(row) > 2 else None
        for benchmark, category, name in table_2_lines.COLUMNS if run else ():
            if run and name == column:
                about = ("scores", run.perception, run.reasoning, run.mode, benchmark, category)
                return next((link for link, _ in self.links([about])), "")
        return ""

    def write(self, folder: Path, origins: Origins) -> None:
        """Write `<table>.js` for each table to a folder: its columns and rows, and for each row the
        places of the commands that made the answers or descriptions that it counts."""
        folder.mkdir(exist_ok=True)
        counted = self._counted(origins)
        for name, rows in self.tables.items():
            values = {
                "columns": [*rows[0]] if rows else [],
                "rows": [[*row.values()] for row in rows],
                "commands": [counted.get(_made(row), []) for row in rows]
                if name == "scores"
                else [],
            }
            text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
            path = folder / f"{name}.js"
            path.write_text(f"downscaling({json.dumps(name)},{text});\n", encoding="ascii")

    def _counted(self, origins: Origins) -> dict[tuple[str, ...], list[int]]:
        """The commands behind the scores of a run or a perception module, by seed and for all."""
        paths = [
            ((run.seed, run.perception, run.reasoning, run.mode, run.benchmark), run.answers)
            for run in runs(self.root, self.settings)
        ]
        paths += [
            (
                (str(seed), perception, "", "", benchmark),
                self.root / f"descriptions/seed-{seed}/{perception}/{benchmark}.parquet",
            )
            for perception, seeds in self.settings.descriptions.items()
            for seed in seeds
            for benchmark in self.settings.benchmarks
        ]
        found: dict[tuple[str, ...], list[int]] = {}
        for key, path in paths:
            command = origins.of(path.relative_to(self.root).as_posix())
            if command:
                for seed in (key[0], ALL_SEEDS):
                    found.setdefault((seed, *key[1:]), []).append(command.place)
        return found


def _made(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[c] for c in ("seed", "perception", "reasoning", "mode", "benchmark"))


def _read(path: Path) -> Lines:
    """The rows of a table as they are written. Raises RecordError where there is none."""
    if not path.exists():
        raise RecordError(f"{path}: no such file; make it with snakemake {path}")
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
