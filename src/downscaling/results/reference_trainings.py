"""The trainings of a reference, beside which a study shows its own numbers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..records.rows import SpreadRow
from ..scoring.two_level import combined_arm
from ..study.runs import Run
from .spread import NumberKey, difference_key, read_spread, score_key
from .tables import ACCURACY


class MeanOfTrainings(NamedTuple):
    """A number's mean over the seeds of a reference. Its 95 % interval holds the draw of trainings;
    the questions are the same for all."""

    mean: float
    low: float
    high: float
    seeds: int


@dataclasses.dataclass(frozen=True)
class ReferenceTrainings:
    """What the trainings of a reference gave, as one answer parser reads it. Models that no
    training touches have no mean here."""

    parser: str
    rows: Mapping[NumberKey, SpreadRow] = dataclasses.field(default_factory=dict)

    @classmethod
    def read(cls, spread: Path | None, parser: str) -> ReferenceTrainings:
        """Those of a `spread.csv`; without a file there are none.

        Raises:
            RecordError: the file is missing or damaged.
        """
        return cls(parser, read_spread(spread) if spread else {})

    def accuracy(self, run: Run, benchmark: str, category: str) -> MeanOfTrainings | None:
        """That of a run's accuracy."""
        return self._mean(score_key(run, benchmark, category, ACCURACY, self.parser))

    def difference(self, comparison: str, benchmark: str, category: str) -> MeanOfTrainings | None:
        """That of a difference of accuracies."""
        return self._mean(difference_key(comparison, benchmark, category, self.parser))

    def _mean(self, key: NumberKey) -> MeanOfTrainings | None:
        row = self.rows.get(key)
        if row is None:
            return None
        arm = combined_arm(0.0, row.sd / math.sqrt(row.seeds), row.seeds - 1.0)
        return MeanOfTrainings(row.mean, row.mean - arm, row.mean + arm, row.seeds)
