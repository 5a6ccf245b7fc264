"""The tables of scores: tidy rows from runs, differences between runs, readers side by side.

Every table is a list of records and one CSV file whose bytes depend on the records alone.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import typing
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..records.files import RecordError, replacing, seed_of
from ..records.rows import Score
from ..scoring.grade import AVERAGE, Graded, Grader, Layout, Recall, Run
from ..scoring.intervals import Floats, effective_trials, paired_bootstrap, weighted_mean
from ..scoring.parse_answer import READERS
from ..study.runs import Run as StudyRun
from .estimate import Estimate

ALL_SEEDS = "all"
Key = tuple[str, ...]
Kind = typing.TypeVar("Kind")


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Two lists of runs whose accuracies are compared, benchmark by benchmark and seed by seed:
    a difference is the mean of `first` less the mean of `second`, question by question. Both hold
    as many runs per benchmark and seed, one or more (a perception module under each reasoner)."""

    name: str
    first: tuple[Run, ...]
    second: tuple[Run, ...]


@dataclasses.dataclass(frozen=True)
class Difference:
    """A difference of accuracies (-1..1) with its interval: a row of `differences.csv`."""

    preset: str
    comparison: str
    benchmark: str
    category: str
    value: float
    low: float
    high: float
    n: int


@dataclasses.dataclass(frozen=True)
class ReaderScore:
    """A run's average under one reader: a row of `readers.csv`. `disagree` is the share of the
    run's questions that not all readers read alike, the same in each of the run's rows."""

    preset: str
    seed: str
    perception: str
    reasoning: str
    mode: str
    benchmark: str
    reader: str
    accuracy: float
    unreadable: float
    disagree: float
    n: int


def score_table(
    preset: str,
    runs: Iterable[Run],
    recalls: Iterable[Recall],
    readers: Iterable[str] = tuple(READERS),
) -> list[Score]:
    """All scores of a preset: a row per run, category, metric and reader, fractions 0..1.

    Each seed has its rows, and "all" those of its questions pooled over seeds; their n counts
    answers (for fact recall: facts). low and high are a 95 % interval: Wilson's for one
    proportion, its combination for a mean over categories or axes; where one question is tried
    several times (seeds, facts) it rests on the number of independent trials that they are worth.
    Raises RecordError where files and ids do not match, and where a run is given twice.
    """
    grader = Grader(readers)
    scores: list[Score] = []
    of_run = (((r.perception, r.reasoning, r.mode, r.benchmark), r.seed, r) for r in runs)
    for key, seeds in _grouped(of_run).items():
        scores += _score_rows(preset, key, {s: grader.run(run) for s, run in seeds.items()})
    of_recall = (((r.perception, "", "", r.benchmark), r.seed, r) for r in recalls)
    for key, wanted in _grouped(of_recall).items():
        scores += _score_rows(preset, key, {s: grader.recall(r) for s, r in wanted.items()})
    return scores


def _score_rows(preset: str, key: tuple[str, ...], graded: dict[str, Graded]) -> Iterator[Score]:
    perception, reasoning, mode, benchmark = key
    _same_questions(graded.values(), f"{perception}, {reasoning}, {mode}, {benchmark}")
    for seed in (*graded, ALL_SEEDS):
        chosen = list(graded.values()) if seed == ALL_SEEDS else [graded[seed]]
        total = np.sum([one.total for one in chosen], axis=0)
        for metric, reader in chosen[0].held:
            held = np.sum([one.held[metric, reader] for one in chosen], axis=0)
            for category, numbers in _summary(chosen[0].layout, held, total).items():
                yield Score(
                    preset, seed, perception, reasoning, mode, benchmark,
                    category, metric, reader, *numbers,
                )  # fmt: skip


def _summary(
    layout: Layout, held: Floats, total: Floats
) -> dict[str, tuple[float, float, float, int]]:
    """For each category: its value, limits and number of trials."""
    members = [layout.strata == stratum for stratum in range(int(layout.strata.max()) + 1)]
    sizes = np.array([total[mine].sum() for mine in members])
    proportions = np.array([held[mine].sum() for mine in members]) / sizes
    worth = [effective_trials(held[mine], total[mine]) for mine in members]
    return {
        category: (*weighted_mean(proportions, worth, weights), int(sizes[weights > 0].sum()))
        for category, weights in layout.views.items()
    }


def difference_table(
    preset: str,
    comparisons: Iterable[Comparison],
    reader: str,
    resamples: int = 2000,
    seed: int = 0,
) -> list[Difference]:
    """Differences of accuracy under one reader, with 95 % intervals from a paired bootstrap.

    A row per comparison, benchmark and category; n counts the answers of one side. The draws
    depend on `seed` and on the names of comparison and benchmark alone.
    Raises RecordError where the two sides differ in benchmarks, seeds or questions.
    """
    grader = Grader([reader])
    rows = []
    for comparison in comparisons:
        sides = []
        for runs in (comparison.first, comparison.second):
            sides.append(_by_seed(runs))
        first, second = sides
        if _counts(first) != _counts(second):
            raise RecordError(
                f"comparison {comparison.name!r}: its sides differ in benchmarks or seeds: "
                f"{_described(first)} against {_described(second)}"
            )
        for benchmark, seeds in first.items():
            ours = [[grader.run(run) for run in seeds[s]] for s in seeds]
            theirs = [[grader.run(run) for run in second[benchmark][s]] for s in seeds]
            both = [one for runs in (*ours, *theirs) for one in runs]
            _same_questions(both, f"comparison {comparison.name!r}, {benchmark}")
            gaps = np.stack(
                [
                    _mean_accuracy(a, reader) - _mean_accuracy(b, reader)
                    for a, b in zip(ours, theirs, strict=True)
                ],
                axis=1,
            )
            layout = both[0].layout
            draw = seed_of(seed, comparison.name, benchmark)
            drawn = paired_bootstrap(gaps, layout.strata, resamples, draw)
            for category, weights in layout.views.items():
                n = int(np.isin(layout.strata, np.flatnonzero(weights)).sum()) * len(seeds)
                value, low, high = drawn.interval(weights)
                rows.append(
                    Difference(preset, comparison.name, benchmark, category, value, low, high, n)
                )
    return rows


def reader_table(
    preset: str, runs: Iterable[Run], readers: Iterable[str] = tuple(READERS)
) -> list[ReaderScore]:
    """For every run its average under each reader, and how often the readers disagree."""
    grader = Grader(readers)
    rows = []
    for run in runs:
        graded = grader.run(run)
        n = len(graded.questions)
        for reader in grader.readers:
            accuracy, unreadable = (
                _summary(graded.layout, graded.held[metric, reader], graded.total)[AVERAGE][0]
                for metric in ("accuracy", "unreadable")
            )
            row = ReaderScore(
                preset, run.seed, run.perception, run.reasoning, run.mode, run.benchmark,
                reader, accuracy, unreadable, float(graded.disagree.mean()), n,
            )  # fmt: skip
            rows.append(row)
    return rows


def _grouped(entries: Iterable[tuple[Key, str, Kind]]) -> dict[Key, dict[str, Kind]]:
    """Runs by key, then by seed, in the order given."""
    groups: dict[Key, dict[str, Kind]] = {}
    for key, seed, run in entries:
        seeds = groups.setdefault(key, {})
        if seed in seeds:
            raise RecordError(f"{', '.join(filter(None, key))}: two runs of seed {seed}")
        seeds[seed] = run
    return groups


def _by_seed(runs: Iterable[Run]) -> dict[str, dict[str, list[Run]]]:
    """Runs by benchmark, then by seed, in the order given."""
    groups: dict[str, dict[str, list[Run]]] = {}
    for run in runs:
        groups.setdefault(run.benchmark, {}).setdefault(run.seed, []).append(run)
    return groups


def _counts(side: dict[str, dict[str, list[Run]]]) -> dict[str, dict[str, int]]:
    return {name: {seed: len(runs) for seed, runs in seeds.items()} for name, seeds in side.items()}


def _mean_accuracy(runs: Sequence[Graded], reader: str) -> Floats:
    """How often each question was answered rightly, averaged over runs (questions,)."""
    mean: Floats = np.mean([run.held["accuracy", reader] for run in runs], axis=0)
    return mean


def _same_questions(graded: Iterable[Graded], what: str) -> None:
    if len({one.questions for one in graded}) > 1:
        raise RecordError(f"{what}: the runs were not made on the same questions")


def _described(side: dict[str, dict[str, list[Run]]]) -> str:
    return "; ".join(f"{name} seeds {', '.join(seeds)}" for name, seeds in side.items()) or "none"


def write_table(path: Path, rows: Sequence[typing.Any], kind: type) -> None:
    """Write records of one flat kind as CSV, whole or not at all; floats have six decimals."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = [field.name for field in dataclasses.fields(kind)]
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])
    with replacing(path) as temporary:
        temporary.write_text(stream.getvalue(), encoding="utf-8", newline="")


def _cell(value: str | int | float) -> str:
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        raise RecordError(f"a score must be a finite number, not {value}")
    return f"{round(value, 6) + 0.0:.6f}"  # + 0.0: no "-0.000000"


def read_table(path: Path, kind: type) -> list[typing.Any]:
    """Read the records of one flat kind from a CSV file.

    Raises RecordError when the file is missing, has other columns or a value of another type.
    """
    types = typing.get_type_hints(kind)
    if not Path(path).exists():
        raise RecordError(f"{path}: no such file; make it with snakemake {path}")
    with Path(path).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    if not rows or rows[0] != list(types):
        raise RecordError(f"{path}: its columns are not those of {kind.__name__}, {list(types)}")
    try:
        return [
            kind(*(types[name](cell) for name, cell in zip(types, row, strict=True)))
            for row in rows[1:]
        ]
    except ValueError as error:
        raise RecordError(f"{path}: a row is no {kind.__name__} ({error})") from error


class Scores:
    """The score tables of a preset, as one parser of answers reads them: `frame` holds
    `scores.csv`, `differences` holds `differences.csv`."""

    def __init__(self, frame: pd.DataFrame, differences: pd.DataFrame, parser: str) -> None:
        self.frame, self.differences, self.parser = frame, differences, parser
        is_read = (frame["metric"] == "accuracy") & (frame["reader"] == parser)
        run = ["perception", "reasoning", "mode", "benchmark", "category", "seed"]
        self._accuracies = _estimates(frame[is_read], run)
        self._differences = _estimates(differences, ["comparison", "benchmark", "category"])

    @classmethod
    def read(cls, scores: Path, differences: Path, parser: str) -> Scores:
        """Read both files."""
        return cls(_frame(scores), _frame(differences), parser)

    def accuracy(
        self, run: StudyRun, benchmark: str, category: str, seed: str = ALL_SEEDS
    ) -> Estimate | None:
        """The accuracy of a run; None where it was not measured."""
        return self._accuracies.get((*run.listed(), benchmark, category, seed))

    def difference(self, name: str, benchmark: str, category: str) -> Estimate | None:
        """The difference that a comparison names, paired over questions and over all seeds; None
        where it was not measured."""
        return self._differences.get((name, benchmark, category))


def _frame(path: Path) -> pd.DataFrame:
    """A table's file: empty text stays text, numbers are floats."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name in ("value", "low", "high", "n"):
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    return frame


def _estimates(frame: pd.DataFrame, key: list[str]) -> dict[Key, Estimate]:
    """The rows of a table that hold a number, by their key."""
    known = frame[frame["value"].notna()]
    numbers = known[["value", "low", "high", "n"]].itertuples(index=False)
    keys = known[key].itertuples(index=False, name=None)
    return {
        key: Estimate(row.value, row.low, row.high, int(row.n))
        for key, row in zip(keys, numbers, strict=True)
    }
