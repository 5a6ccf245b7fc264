"""The trainings of a reference, beside which a study shows its own numbers."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..records.rows import SpreadRow
from ..study.runs import Run
from .estimate import OF_ACCURACY, OF_DIFFERENCE, REFERENCE, Bounds, Estimate, Training
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
        return self._mean(score_key(run, benchmark, category, ACCURACY, self.parser), OF_ACCURACY)

    def difference(self, comparison: str, benchmark: str, category: str) -> MeanOfTrainings | None:
        """That of a difference of accuracies."""
        key = difference_key(comparison, benchmark, category, self.parser)
        return self._mean(key, OF_DIFFERENCE)

    def _mean(self, key: NumberKey, bounds: Bounds) -> MeanOfTrainings | None:
        row = self.rows.get(key)
        if row is None:
            return None
        training = Training(REFERENCE, row.sd / math.sqrt(row.seeds), row.seeds - 1.0, row.sd)
        mean = Estimate.of(row.mean, (0.0, 0.0), row.seeds, training, bounds)
        return MeanOfTrainings(mean.value, mean.low, mean.high, row.seeds)
