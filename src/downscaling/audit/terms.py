"""Estimates from a run's score tables, and arithmetic that carries their intervals along."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import final

from ..config.roles import Roles
from ..results.reference import named_here
from ..results.reference_samples import Count
from ..results.tables import Scores
from ..study.comparisons import comparisons
from ..study.runs import Run

Row = tuple[str, ...]
"""A row of a run's tables: "scores", perception, reasoning, mode, benchmark, category, or
"differences", comparison, benchmark, category."""

SINGLE, PAIRED, UNPAIRED = "of one accuracy", "paired over questions", "unpaired"
COUNTED = "counted"


class NotMeasuredError(LookupError):
    """The run does not give a number; the message says why."""


@dataclasses.dataclass(frozen=True)
class Source:
    """Which accuracy an estimate is: the mean over runs of one category of a benchmark. `unit` is
    how many of its units make 1: 100 in per cent."""

    runs: tuple[Run, ...]
    benchmark: str
    category: str
    unit: int = 1


@dataclasses.dataclass(frozen=True)
class Tuned:
    """How many samples a tuning was given: all, those of each set, and those with an image since
    the first one, the connector's left out."""

    samples: int
    visual_samples: int
    sets: Mapping[str, int]


@final
@dataclasses.dataclass(frozen=True)
class Term:
    """A value with its 95 % interval. `n` counts the answers behind it (of the side with fewer),
    `interval` says how low and high were made, `rows` which rows it was made of; `source` and
    `paired` are those of an accuracy that no arithmetic has touched yet.

    Bounds are combined by their distances from the value, as if the estimates were independent,
    which is too wide where both are over the same questions: a difference of two accuracies that
    the run compares question by question has the interval of that comparison instead.
    Source: Zou and Donner (2008), Statistics in Medicine 27, 1693-1702 (sums and differences);
    Donner and Zou (2012), Statistical Methods in Medical Research 21, 347-359 (ratios).
    """

    value: float
    low: float
    high: float
    n: int
    interval: str
    source: Source | None = None
    paired: Callable[[Source, Source], Term | None] | None = None
    rows: tuple[Row, ...] = ()

    @classmethod
    def exact(cls, value: Fraction) -> Term:
        """A number that was not estimated."""
        return cls(float(value), float(value), float(value), 0, "")

    def __add__(self, other: Term) -> Term:
        value = self.value + other.value
        return self._with(
            other,
            value,
            value - math.hypot(self.value - self.low, other.value - other.low),
            value + math.hypot(self.high - self.value, other.high - other.value),
        )

    def __sub__(self, other: Term) -> Term:
        if self.source and other.source and self.paired:
            found = self.paired(self.source, other.source)
            if found:
                return found
        return self + other * Term.exact(Fraction(-1))

    def __mul__(self, other: Term) -> Term:
        scaled, by = (other, self) if self.n == 0 else (self, other)
        if by.n:
            raise ValueError("a product of two estimates has no interval here")
        low, high = sorted((scaled.low * by.value, scaled.high * by.value))
        return self._with(other, scaled.value * by.value, low, high)

    def __truediv__(self, other: Term) -> Term:
        if other.n == 0:
            return self * Term.exact(1 / Fraction(other.value))
        if other.low <= 0 or other.high >= 2 * other.value:
            raise NotMeasuredError("it divides by an accuracy that may be nil")
        product = self.value * other.value

        def bound(mine: float, theirs: float, sign: int) -> float:
            rest = mine * theirs * (2 * self.value - mine) * (2 * other.value - theirs)
            root = math.sqrt(max(0.0, product**2 - rest))
            return (product + sign * root) / (theirs * (2 * other.value - theirs))

        low, high = bound(self.low, other.high, -1), bound(self.high, other.low, 1)
        return self._with(other, self.value / other.value, low, high)

    def _with(self, other: Term, value: float, low: float, high: float) -> Term:
        """What is made of two: as many answers as the one with fewer, exact numbers aside."""
        n, interval = self.n or other.n, self.interval or other.interval
        if self.n and other.n:
            n, interval = min(self.n, other.n), UNPAIRED
        rows = tuple(dict.fromkeys(self.rows + other.rows))
        return Term(value, low, high, n, interval, rows=rows)


class Tables:
    """The accuracies of one preset, pooled over its seeds, under the names that stand in
    `results.reference` for the models of the paper.

    `sizes` are those of its models, largest first; `roles` say which of them are the paper's;
    `tuned` says what its tunings were given, by the paper's names.
    """

    def __init__(
        self,
        scores: Scores,
        sizes: Sequence[str],
        roles: Roles,
        tuned: Mapping[str, Tuned] | None = None,
    ) -> None:
        self._scores = scores
        self._tuned = tuned or {}
        self.sizes = list(sizes)
        self.seeds = scores.seeds
        self._own = {named_here(run, roles): run for run in scores.runs}
        self._compared = {
            (
                frozenset(named_here(Run(*run), roles) for run in comparison.left),
                frozenset(named_here(Run(*run), roles) for run in comparison.right),
            ): comparison.name
            for comparison in comparisons(self.sizes, scores.runs, [], roles)
        }

    def accuracy(self, source: Source) -> Term:
        """The mean accuracy of the source's runs.

        Its interval is the mean of theirs: an upper limit, reached when the runs rise and fall
        together, which runs over the same questions nearly do.
        Raises NotMeasuredError, naming the run, for one that was not made.
        """
        found, rows = [], []
        for run in source.runs:
            own = self._own.get(run, run)
            accuracy = self._scores.accuracy(own, source.benchmark, source.category)
            if accuracy is None:
                raise NotMeasuredError(
                    f"no score of {'/'.join(run.listed())}, {source.benchmark}, {source.category}"
                )
            found.append(accuracy)
            rows.append(("scores", *own.listed(), source.benchmark, source.category))
        share = source.unit / len(found)
        return Term(
            sum(accuracy.value for accuracy in found) * share,
            sum(accuracy.low for accuracy in found) * share,
            sum(accuracy.high for accuracy in found) * share,
            found[0].n,
            SINGLE,
            source,
            self._paired,
            tuple(rows),
        )

    def holds(self, source: Source) -> bool:
        """Whether all of the source's runs were made."""
        runs = (self._own.get(run) for run in source.runs)
        key = (source.benchmark, source.category)
        return all(run and self._scores.accuracy(run, *key) for run in runs)

    def compared(self, comparison: str, benchmark: str, category: str, unit: int = 1) -> Term:
        """A difference that the run makes under a name, paired over questions.

        Raises NotMeasuredError where it does not make it.
        """
        found = self._scores.difference(comparison, benchmark, category)
        if found is None:
            raise NotMeasuredError(f"no difference {comparison}, {benchmark}, {category}")
        value, low, high = (unit * number for number in (found.value, found.low, found.high))
        row = ("differences", comparison, benchmark, category)
        return Term(value, low, high, found.n, PAIRED, rows=(row,))

    def step(self, large: str, small: str) -> str:
        """The name of the comparison of two perception modules, as the run has it."""
        own = {there.perception: here.perception for there, here in self._own.items()}
        return f"perception {own.get(large, large)}->{own.get(small, small)}"

    def count(self, wanted: Count) -> Term:
        """How many training samples there were: exact.

        Raises NotMeasuredError where the record of the tuning does not say it.
        """
        found = self._tuned.get(wanted.tuning)
        if found is None or (wanted.sets and not found.sets):
            raise NotMeasuredError(f"no record of the samples of {wanted.tuning}")
        if wanted.visual:
            held = found.visual_samples
        elif wanted.sets:
            held = sum(found.sets.get(name, 0) for name in wanted.sets)
        else:
            held = found.samples
        return Term.exact(Fraction(held, wanted.unit))

    def _paired(self, left: Source, right: Source) -> Term | None:
        """The difference of two accuracies as the run compares them, if it does."""
        alike = dataclasses.replace(left, runs=right.runs) == right
        name = self._compared.get((frozenset(left.runs), frozenset(right.runs)))
        if not alike or not self._scores.difference(name or "", left.benchmark, left.category):
            return None
        return self.compared(name or "", left.benchmark, left.category, left.unit)
