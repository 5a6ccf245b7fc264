"""The rows behind the page's numbers: the score tables as files that the page can load, and links
to lines of them.

A link `#scores:12,15` shows lines 12 and 15 of `scores/scores.csv` on the page, each with the
commands that made what it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..figures import table_2_lines
from ..figures.table_2_lines import Line
from ..results.scores import Scores
from ..results.tables import ALL_SEEDS
from ..study.runs import AnswerSet, Run
from .csv_file import read_csv
from .origins import Origins
from .script_file import write_script

Lines = list[dict[str, str]]


class Rows:
    """The score tables of a preset, by their lines."""

    def __init__(
        self, scores_file: Path, differences_file: Path, scores: Scores, lines: Sequence[Line]
    ) -> None:
        """lines: those of Table 2."""
        self.tables = {"scores": _read(scores_file), "differences": _read(differences_file)}
        self._scores = scores
        self._runs = {(line.model, line.perception, line.reasoning): line.run for line in lines}

    def links(self, rows: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
        """Links to rows, one for each table that holds some, and how many each shows."""
        found: dict[str, list[int]] = {}
        for name, *about in rows:
            line = self._line(name, about)
            if line:
                found.setdefault(name, []).append(line)
        return [
            (f"#{name}:{','.join(map(str, lines))}", len(lines)) for name, lines in found.items()
        ]

    def _line(self, table: str, about: Sequence[str]) -> int | None:
        if table == "differences":
            comparison, benchmark, category = about
            return self._scores.difference_line(comparison, benchmark, category)
        perception, reasoning, mode, benchmark, category = about
        run = Run(perception, reasoning, mode)
        return self._scores.accuracy_line(run, benchmark, category)

    def cell(self, row: Sequence[str], column: str) -> str:
        """The link of a cell of Table 2, by its model and its column; "" for any other."""
        run = self._runs.get((row[0], row[1], row[2])) if len(row) > 2 else None
        for benchmark, category, name in table_2_lines.COLUMNS if run else ():
            if run and name == column:
                about = ("scores", run.perception, run.reasoning, run.mode, benchmark, category)
                return next((link for link, _ in self.links([about])), "")
        return ""

    def write(self, folder: Path, origins: Origins, files: Mapping[AnswerSet, str]) -> None:
        """Write `<table>.js` for each table to a folder: its columns and rows, and for each row the
        places of the jobs that made the answers or descriptions that it counts.

        files: of answers and descriptions, from the preset's folder.
        """
        folder.mkdir(exist_ok=True)
        counted: dict[tuple[str, ...], list[int]] = {}
        for key, path in files.items():
            command = origins.of(path)
            for seed in (key.seed, ALL_SEEDS) if command else ():
                whose = (seed, *key.run.listed(), key.benchmark)
                counted.setdefault(whose, []).append(command.place if command else 0)
        for name, rows in self.tables.items():
            values = {
                "columns": [*rows[0]] if rows else [],
                "rows": [[*row.values()] for row in rows],
                "commands": [counted.get(_made(row), []) for row in rows]
                if name == "scores"
                else [],
            }
            write_script(folder / f"{name}.js", values)


def _made(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[c] for c in ("seed", "perception", "reasoning", "mode", "benchmark"))


def _read(path: Path) -> Lines:
    """The rows of a table as they are written. Raises RecordError where there is none."""
    columns, rows = read_csv(path)
    return [dict(zip(columns, row, strict=True)) for row in rows]
