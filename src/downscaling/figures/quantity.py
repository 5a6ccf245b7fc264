"""What a figure lists: the numbers that it shows, and the runs that they are about."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from ..study.runs import Run


@dataclasses.dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number that a figure shows where it was measured: its place in the figure's data, and the
    runs that it is about, on one category of a benchmark.

    Without `comparison` it is the accuracy of the one run. With it, it is the mean accuracy of
    `runs` minus that of `minus`, as `differences.csv` has it under that name; both hold the same
    number of runs, and those at the same place answer for the same model of the other module.
    """

    panel: str
    series: str
    item: str
    benchmark: str
    category: str
    runs: tuple[Run, ...]
    minus: tuple[Run, ...] = ()
    comparison: str = ""
    beside: Run | None = None
    """a run without which it is not shown"""
    published: float | None = None
    """what the paper prints for it, where that is not what the paper prints for the runs"""

    @classmethod
    def average(
        cls,
        benchmark: str,
        series: str,
        item: str,
        run: Run,
        minus: tuple[Run, ...] = (),
        comparison: str = "",
        beside: Run | None = None,
    ) -> Quantity:
        """The average over a benchmark's categories, in the panel of that benchmark."""
        return cls(
            panel=benchmark,
            series=series,
            item=item,
            benchmark=benchmark,
            category="average",
            runs=(run,),
            minus=minus,
            comparison=comparison,
            beside=beside,
        )

    def exists(self, runs: Collection[Run]) -> bool:
        """Whether a study with these runs measures it."""
        if self.beside is not None and self.beside not in runs:
            return False
        if not self.comparison:
            return self.runs[0] in runs
        pairs = zip(self.runs, self.minus, strict=True)
        return any(left in runs and right in runs for left, right in pairs)
