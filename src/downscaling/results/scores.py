"""The scores of a preset, read back from their tables."""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ..records.categories import AVERAGE
from ..records.rows import Score
from ..records.tables import read_table
from ..study.runs import Run
from .estimate import OF_ACCURACY, OF_DIFFERENCE, Bounds, Estimate, Training
from .reference_trainings import ReferenceTrainings
from .tables import ACCURACY, ALL_SEEDS, Difference

if typing.TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True)
class Scores:
    """The scores of a preset under one answer parser, with those that no parser made, and its
    differences: what figures, tables, audit and report read.

    `rows` are those of the parser and of none, `lines` the lines of the file on which they stand,
    from 1; `difference_rows` are all differences, as they stand in their file. `reference` is what
    figures and tables show beside them, without a row where no reference is named.
    """

    parser: str
    rows: list[Score]
    lines: list[int]
    difference_rows: list[Difference]
    reference: ReferenceTrainings

    @classmethod
    def read(
        cls,
        scores: Path,
        differences: Path,
        parser: str,
        spread: Path | None = None,
    ) -> Scores:
        """The scores of two files, and of `spread` the reference that they are shown beside. Raises
        RecordError where one is missing or of another form."""
        rows = [
            (line, row)
            for line, row in enumerate(read_table(scores, Score), start=2)
            if row.parser in (parser, "")
        ]
        return cls(
            parser,
            [row for _, row in rows],
            [line for line, _ in rows],
            read_table(differences, Difference),
            ReferenceTrainings.read(spread, parser),
        )

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The scores, a row each."""
        return _frame(self.rows, Score)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """The differences, a row each."""
        return _frame(self.difference_rows, Difference)

    @property
    def runs(self) -> list[Run]:
        """The runs that have an accuracy, in their order."""
        rows = (row for row in self.rows if row.metric == ACCURACY)
        return list(dict.fromkeys(Run(r.perception, r.reasoning, r.mode) for r in rows))

    @property
    def seeds(self) -> list[str]:
        """The seeds, in their order."""
        rows = (row for row in self.rows if row.metric == ACCURACY and row.seed != ALL_SEEDS)
        return list(dict.fromkeys(row.seed for row in rows))

    def accuracy(
        self, run: Run, benchmark: str, category: str = AVERAGE, seed: str = ALL_SEEDS
    ) -> Estimate | None:
        """The accuracy of a run; None where it was not measured."""
        place = self._accuracies.get((run, benchmark, category, seed))
        return None if place is None else _estimate(self.rows[place], OF_ACCURACY)

    def accuracy_line(self, run: Run, benchmark: str, category: str) -> int | None:
        """The line on which an accuracy over all seeds stands."""
        place = self._accuracies.get((run, benchmark, category, ALL_SEEDS))
        return None if place is None else self.lines[place]

    def difference(
        self, comparison: str, benchmark: str, category: str = AVERAGE
    ) -> Estimate | None:
        """A difference of accuracies, paired over questions; None where it was not measured."""
        place = self._compared.get((comparison, benchmark, category))
        return None if place is None else _estimate(self.difference_rows[place], OF_DIFFERENCE)

    def difference_line(self, comparison: str, benchmark: str, category: str) -> int | None:
        """The line on which a difference stands."""
        place = self._compared.get((comparison, benchmark, category))
        return None if place is None else place + 2

    @cached_property
    def _accuracies(self) -> dict[tuple[Run, str, str, str], int]:
        return {
            (Run(r.perception, r.reasoning, r.mode), r.benchmark, r.category, r.seed): place
            for place, r in enumerate(self.rows)
            if r.metric == ACCURACY
        }

    @cached_property
    def _compared(self) -> dict[tuple[str, str, str], int]:
        return {
            (row.comparison, row.benchmark, row.category): place
            for place, row in enumerate(self.difference_rows)
        }


def _estimate(row: Score | Difference, bounds: Bounds) -> Estimate:
    if row.sd is None or row.df is None:
        training = Training(row.training)
        return Estimate(row.value, row.low, row.high, row.n, training, bounds=bounds)
    training = Training(row.training, row.sd / math.sqrt(row.seeds), row.df, row.sd)
    arms = row.value - row.question_low, row.question_high - row.value
    return Estimate.of(row.value, arms, row.n, training, bounds)


def _frame(rows: Sequence[typing.Any], kind: type) -> pd.DataFrame:
    import pandas as pd

    names = [field.name for field in dataclasses.fields(kind)]
    return pd.DataFrame([dataclasses.astuple(row) for row in rows], columns=names)
