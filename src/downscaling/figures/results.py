"""Numbers looked up in the score tables, with their intervals.

A figure asks for a run's accuracy or for a named difference between runs; this module answers from
`scores.csv` and `differences.csv`. A number that was not measured is None, never a guess.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from ..results.reference import accuracies, printed_as
from ..study.names import Run as study_Run

READER = "robust"
SINGLE = "of one accuracy"
PAIRED = "paired over questions"
UNPAIRED = "unpaired"
PUBLISHED_ONLY = "published only"
"""In place of a kind of interval: the paper prints a number, and nothing here was measured."""

COLUMNS = ("panel", "series", "item", "value", "low", "high", "n", "seed", "preset", "reader")
"""Columns of every figure's data, before `interval`, which says how low and high were made, and
`published`, what the paper prints for the same thing; empty where it prints nothing."""

_TEXT = ("preset", "seed", "perception", "reasoning", "mode", "benchmark", "category", "metric")


@dataclasses.dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval: fractions, or differences of fractions."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclasses.dataclass(frozen=True, kw_only=True)
class Number(Interval):
    """An interval with its provenance. `n` counts answers, over all seeds that are pooled;
    `interval` names how low and high were made. `published` is what the paper prints for a model
    of the same name, not-a-number where it prints nothing."""

    n: int
    seed: str
    preset: str
    reader: str
    interval: str
    published: float = math.nan


@dataclasses.dataclass(frozen=True)
class Run:
    """What was evaluated: a perception module, a reasoning module, a mode. The reasoning module
    of an end-to-end run is "end-to-end", its mode "image" or "blind"."""

    perception: str
    reasoning: str
    mode: str = "plain"


def end_to_end(model: str, mode: str = "image") -> Run:
    """An end-to-end run of a model, with the image or blind."""
    return Run(model, "end-to-end", mode)


def load(path: Path) -> pd.DataFrame:
    """Read `scores.csv` or `differences.csv`: empty text stays text, numbers are floats."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in ("value", "low", "high", "n"):
        if name in frame:
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
    return frame


class Results:
    """The score tables of one preset.

    Takes the rows pooled over seeds (seed "all", or the only seed there is) and one reader: the
    only one in the table, else `READER`. To draw with another reader, pass its rows alone.
    """

    def __init__(self, scores: pd.DataFrame, differences: pd.DataFrame | None = None) -> None:
        rows = [
            row for row in _records(scores) if row["metric"] == "accuracy" and _number(row["value"])
        ]
        readers = {str(row["reader"]) for row in rows}
        self.reader = next(iter(readers)) if len(readers) == 1 else READER
        seeds = {str(row["seed"]) for row in rows}
        self.seed = next(iter(seeds)) if len(seeds) == 1 else "all"
        self.preset = str(rows[0]["preset"]) if rows else ""
        self._accuracy = {
            tuple(str(row[name]) for name in _TEXT[2:7]): row
            for row in rows
            if row["reader"] == self.reader and row["seed"] == self.seed
        }
        self._differences = {
            (str(row["comparison"]), str(row["benchmark"]), str(row["category"])): row
            for row in _records(differences)
            if _number(row["value"])
        }

    def accuracy(self, run: Run | study_Run, benchmark: str, category: str) -> Number | None:
        """The accuracy of a run in a category, a fraction."""
        key = (run.perception, run.reasoning, run.mode, benchmark, category)
        row = self._accuracy.get(key)
        return None if row is None else self._build(row, SINGLE, in_paper(run, benchmark, category))

    def difference(
        self,
        comparison: str,
        benchmark: str,
        category: str,
        left: Sequence[Run],
        right: Sequence[Run],
    ) -> Number | None:
        """The mean accuracy of the runs on the left minus that of the runs on the right.

        Paired over questions where `differences.csv` holds the comparison. Else the difference of
        the two values, with an interval that takes them as independent (Newcombe's method), which
        is wider than the paired one whenever both sides answer the same questions.
        """
        paired = self.compared(comparison, benchmark, category)
        printed = [
            sum(in_paper(run, benchmark, category) for run in runs) / max(1, len(runs))
            for runs in (left, right)
        ]
        if paired is not None:
            return dataclasses.replace(paired, published=printed[0] - printed[1])
        sides = [
            mean([self.accuracy(run, benchmark, category) for run in runs])
            for runs in (left, right)
        ]
        if sides[0] is None or sides[1] is None:
            return None
        return dataclasses.replace(
            sides[0],
            **dataclasses.asdict(minus(sides[0], sides[1])),
            n=min(sides[0].n, sides[1].n),
            interval=UNPAIRED,
            published=printed[0] - printed[1],
        )

    def compared(self, comparison: str, benchmark: str, category: str) -> Number | None:
        """A difference as `differences.csv` holds it, paired over questions."""
        row = self._differences.get((comparison, benchmark, category))
        return None if row is None else self._build(row, PAIRED, math.nan)

    def unmeasured(self, published: float) -> Number:
        """What the paper prints of something that was not run here."""
        return Number(
            n=0,
            seed="",
            preset=self.preset,
            reader="",
            interval=PUBLISHED_ONLY,
            published=published,
        )

    def _build(self, row: dict[str, object], interval: str, published: float) -> Number:
        n = row.get("n")
        return Number(
            value=_float(row["value"]),
            low=_float(row["low"]),
            high=_float(row["high"]),
            n=int(_float(n)) if _number(n) else 0,
            seed=self.seed,
            preset=self.preset,
            reader=self.reader,
            interval=interval,
            published=published,
        )


def in_paper(run: Run | study_Run, benchmark: str, category: str) -> float:
    """The accuracy that the paper prints for a run, a fraction; not-a-number where it does not."""
    named = printed_as(study_Run(run.perception, run.reasoning, run.mode))
    return accuracies().get((named, benchmark, category), math.nan)


def mean(numbers: Sequence[Number | None]) -> Number | None:
    """The mean of numbers over the same questions; None if any is missing.

    The distance to each bound is the mean of the distances: an upper limit, reached when the
    numbers rise and fall together, which numbers over the same questions nearly do.
    """
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers):
        return None
    if len(known) == 1:
        return known[0]
    share = 1 / len(known)
    return dataclasses.replace(
        known[0],
        value=sum(number.value for number in known) * share,
        low=sum(number.low for number in known) * share,
        high=sum(number.high for number in known) * share,
        published=sum(number.published for number in known) * share,
    )


def minus(left: Interval, right: Interval) -> Interval:
    """left - right, taken as independent: Newcombe's method over the two intervals."""
    value = left.value - right.value
    return Interval(
        value,
        value - math.hypot(left.value - left.low, right.high - right.value),
        value + math.hypot(left.high - left.value, right.value - right.low),
    )


def row(panel: str, series: str, item: str, number: Number) -> dict[str, object]:
    """One row of a figure's data."""
    return {"panel": panel, "series": series, "item": item, **dataclasses.asdict(number)}


def table(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """A figure's data, its columns in their fixed order even where there is no row."""
    return pd.DataFrame(list(rows), columns=[*COLUMNS, "interval", "published"])


def measured(data: pd.DataFrame) -> pd.DataFrame:
    """The rows of a figure's data that hold more than what the paper prints."""
    return data[data["value"].notna()]


def select(data: pd.DataFrame, panel: str, series: str) -> pd.DataFrame:
    """The rows of one series of a panel, in the order in which they were made."""
    return data[(data["panel"] == panel) & (data["series"] == series)]


def _records(frame: pd.DataFrame | None) -> list[dict[str, object]]:
    if frame is None or frame.empty:
        return []
    frame = frame.copy()
    for name in (*_TEXT, "reader", "comparison"):
        if name in frame:
            frame[name] = ["" if pd.isna(item) else str(item) for item in frame[name]]
    return [{str(key): item for key, item in line.items()} for line in frame.to_dict("records")]


def _number(item: object) -> bool:
    return isinstance(item, (int, float)) and math.isfinite(item)


def _float(item: object) -> float:
    return float(item) if isinstance(item, (int, float)) else math.nan
