"""The averages of two runs, held against what varies between trainings."""

from __future__ import annotations

from dataclasses import dataclass

from .averages import Average, Key
from .prediction import allowed_outside, far_level, half_width
from .sides import NotComparableError, Side


@dataclass(frozen=True)
class Row:
    """An average of one run beside that of another. `sd` is that between trainings; `low`
    and `high` bound where the first may lie given the second. None where no spread is known."""

    key: Key
    left: Average
    right: Average
    sd: float | None
    low: float | None
    high: float | None
    is_far: bool

    @property
    def is_inside(self) -> bool:
        """Whether it lies in its interval; where there is none, whether both are equal."""
        if self.low is None or self.high is None:
            return self.left.mean == self.right.mean
        return self.low <= self.left.mean <= self.high


@dataclass(frozen=True)
class NumbersCompared:
    """The averages side by side. `allowed` may lie outside their intervals by chance; None where no
    spread is known."""

    rows: list[Row]
    allowed: int | None

    @property
    def outside(self) -> list[Row]:
        """The averages that do not lie in their intervals, the farthest first."""
        rows = [row for row in self.rows if not row.is_inside]
        return sorted(rows, key=lambda row: -abs(row.left.mean - row.right.mean))

    @property
    def far(self) -> list[Row]:
        """Those that lie so far outside that none should by chance."""
        return [row for row in self.outside if row.is_far]

    @property
    def is_within(self) -> bool:
        """Whether the averages differ by no more than trainings do."""
        return not self.far and len(self.outside) <= (self.allowed or 0)


def compare_numbers(left: Side, right: Side, spread: Side | None) -> NumbersCompared:
    """Hold the averages of one run against another's.

    spread: the run or reference whose seeds say how trainings differ; None where there is none.
    Raises NotComparableError where the two sides have different runs.
    """
    keys = list(right.averages)
    for key in dict.fromkeys([*left.averages, *keys]):
        for one, other in ((left, right), (right, left)):
            if key not in one.averages:
                raise NotComparableError(
                    f"{one.folder}: has no average of {', '.join(key)}, which {other.folder} "
                    "has; make the scores of both anew"
                )
    level = far_level(len(keys))
    rows = [_row(key, left.averages[key], right.averages[key], spread, level) for key in keys]
    return NumbersCompared(rows, allowed_outside(key[0] for key in keys) if spread else None)


def _row(key: Key, left: Average, right: Average, spread: Side | None, far: float) -> Row:
    if spread is None or key not in spread.averages:
        return Row(key, left, right, None, None, None, False)
    known = spread.averages[key]
    counts = (known.sd, known.seeds, left.seeds, right.seeds, left.questions)
    near, wide = half_width(*counts), half_width(*counts, level=far)
    apart = abs(left.mean - right.mean)
    low, high = max(0.0, right.mean - near), min(1.0, right.mean + near)
    return Row(key, left, right, known.sd, low, high, apart > wide)
