"""What statements compute with: estimates from a run's score tables, and where they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import final

from ..config.roles import Roles
from ..results.estimate import Estimate, mean
from ..results.reference import named_here
from ..results.reference_samples import Count
from ..results.scores import Scores
from ..study.comparisons import comparisons
from ..study.runs import Run

RowKey = tuple[str, ...]
"""Which row of a run's tables: "scores", perception, reasoning, mode, benchmark, category, or
"differences", comparison, benchmark, category."""

SINGLE, PAIRED, UNPAIRED = "of one accuracy", "paired over questions", "unpaired"
COUNTED = "counted"


class NotMeasuredError(LookupError):
    """The run does not give a number; the message says why."""


@dataclasses.dataclass(frozen=True)
class AccuracyKey:
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
    """An estimate as a statement computes with it. `interval` says how its bounds were made, `rows`
    which rows it was made of; `accuracy` and `paired` are those of an accuracy that no arithmetic
    has touched yet.

    A difference of two accuracies that the run compares question by question has the interval of
    that comparison; all else is combined as if it were independent.
    """

    estimate: Estimate
    interval: str = ""
    accuracy: AccuracyKey | None = None
    paired: Callable[[AccuracyKey, AccuracyKey], Term | None] | None = None
    rows: tuple[RowKey, ...] = ()

    @classmethod
    def exact(cls, value: Fraction) -> Term:
        """A number that was not estimated."""
        return cls(Estimate.exact(float(value)))

    @property
    def is_exact(self) -> bool:
        """Whether it was not estimated from answers, but counted or printed."""
        return self.estimate.n == 0

    def __add__(self, other: Term) -> Term:
        return self._with(other, self.estimate + other.estimate)

    def __sub__(self, other: Term) -> Term:
        if self.accuracy and other.accuracy and self.paired:
            difference = self.paired(self.accuracy, other.accuracy)
            if difference:
                return difference
        return self._with(other, self.estimate - other.estimate)

    def __mul__(self, other: Term) -> Term:
        return self._with(other, self.estimate * other.estimate)

    def __truediv__(self, other: Term) -> Term:
        try:
            return self._with(other, self.estimate / other.estimate)
        except ZeroDivisionError as error:
            raise NotMeasuredError("it divides by an accuracy that may be nil") from error

    def _with(self, other: Term, estimate: Estimate) -> Term:
        """What is made of two."""
        interval = self.interval or other.interval if self.is_exact or other.is_exact else UNPAIRED
        return Term(estimate, interval, rows=tuple(dict.fromkeys(self.rows + other.rows)))


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

    def accuracy(self, key: AccuracyKey) -> Term:
        """The mean accuracy of the key's runs.

        Raises NotMeasuredError, naming the run, for one that was not made.
        """
        runs = [self._own.get(run, run) for run in key.runs]
        accuracies = [self._scores.accuracy(run, key.benchmark, key.category) for run in runs]
        pooled = mean(accuracies)
        if pooled is None:
            missing = key.runs[accuracies.index(None)]
            raise NotMeasuredError(
                f"no score of {'/'.join(missing.listed())}, {key.benchmark}, {key.category}"
            )
        rows = tuple(("scores", *run.listed(), key.benchmark, key.category) for run in runs)
        return Term(pooled * Estimate.exact(key.unit), SINGLE, key, self._paired, rows)

    def holds(self, key: AccuracyKey) -> bool:
        """Whether all of the key's runs were made."""
        runs = (self._own.get(run) for run in key.runs)
        return all(run and self._scores.accuracy(run, key.benchmark, key.category) for run in runs)

    def compared(self, comparison: str, benchmark: str, category: str, unit: int = 1) -> Term:
        """A difference that the run makes under a name, paired over questions.

        Raises NotMeasuredError where it does not make it.
        """
        difference = self._scores.difference(comparison, benchmark, category)
        if difference is None:
            raise NotMeasuredError(f"no difference {comparison}, {benchmark}, {category}")
        row = ("differences", comparison, benchmark, category)
        return Term(difference * Estimate.exact(unit), PAIRED, rows=(row,))

    def step(self, large: str, small: str) -> str:
        """The name of the comparison of two perception modules, as the run has it."""
        own = {there.perception: here.perception for there, here in self._own.items()}
        return f"perception {own.get(large, large)}->{own.get(small, small)}"

    def count(self, wanted: Count) -> Term:
        """How many training samples there were: exact.

        Raises NotMeasuredError where the record of the tuning does not say it.
        """
        tuned = self._tuned.get(wanted.tuning)
        if tuned is None or (wanted.sets and not tuned.sets):
            raise NotMeasuredError(f"no record of the samples of {wanted.tuning}")
        if wanted.visual:
            samples = tuned.visual_samples
        elif wanted.sets:
            samples = sum(tuned.sets.get(name, 0) for name in wanted.sets)
        else:
            samples = tuned.samples
        return Term.exact(Fraction(samples, wanted.unit))

    def _paired(self, left: AccuracyKey, right: AccuracyKey) -> Term | None:
        """The difference of two accuracies as the run compares them, if it does."""
        alike = dataclasses.replace(left, runs=right.runs) == right
        name = self._compared.get((frozenset(left.runs), frozenset(right.runs)))
        if not alike or not self._scores.difference(name or "", left.benchmark, left.category):
            return None
        return self.compared(name or "", left.benchmark, left.category, left.unit)
