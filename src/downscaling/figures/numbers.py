"""The numbers that figures show: measured ones, and beside them what the paper prints.

A figure lists its quantities; `Numbers` looks them up in the score tables. A quantity that was not
measured has no row in the figure's data; nothing is filled in.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

import pandas as pd

from ..config.roles import Roles
from ..results.estimate import Estimate, mean, summed
from ..results.reference_trainings import MeanOfTrainings
from ..results.scores import Scores
from ..results.tables import ALL_SEEDS
from .printed import in_paper
from .quantity import Quantity

SINGLE = "of one accuracy"
PAIRED = "paired over questions"
UNPAIRED = "unpaired"
PUBLISHED_ONLY = "published only"
"""In place of a kind of interval: the paper prints a number, and nothing here was measured."""

COLUMNS = (
    *("panel", "series", "item", "value", "low", "high", "n", "seed", "preset", "parser"),
    *("interval", "training", "published"),
    *("reference", "reference_low", "reference_high", "reference_seeds"),
)
"""Columns of every figure's data. `interval` says how low and high were made, `training` what of
training they hold; `published` is what the paper prints for the same thing, empty where it prints
nothing. `reference` is the mean over the trainings of a committed reference, with its interval over
them and their number; empty, and 0 trainings, where the study names none or where it has no such
number."""


@dataclasses.dataclass(frozen=True)
class Number:
    """A measured value with its 95 % interval, a fraction or a difference of fractions, and where
    it comes from: a row of a figure's data. `n` counts answers, over all seeds."""

    value: float
    low: float
    high: float
    n: int
    seed: str
    preset: str
    parser: str
    interval: str
    training: str
    published: float
    reference: float = math.nan
    reference_low: float = math.nan
    reference_high: float = math.nan
    reference_seeds: int = 0


class Numbers:
    """The numbers of one preset, answers of all seeds together."""

    def __init__(self, scores: Scores, roles: Roles) -> None:
        self.scores, self.roles = scores, roles
        self.preset = str(scores.frame["preset"].iloc[0]) if len(scores.frame) else ""

    def table(self, quantities: Iterable[Quantity]) -> pd.DataFrame:
        """The data of a figure: a row for each quantity that was measured, in their order."""
        measured = ((quantity, self.of(quantity)) for quantity in quantities)
        return table(row(q.panel, q.series, q.item, number) for q, number in measured if number)

    def of(self, quantity: Quantity) -> Number | None:
        """A quantity as it was measured; None where it was not.

        A difference is paired over questions where `differences.csv` has it. Else both sides are
        taken as independent, whose interval is wider whenever both answer the same questions.
        """
        where = (quantity.benchmark, quantity.category)
        if quantity.beside and self.scores.accuracy(quantity.beside, *where) is None:
            return None
        printed = self.printed(quantity)
        if not quantity.comparison:
            run = quantity.runs[0]
            accuracy = self.scores.accuracy(run, *where)
            told = self.scores.reference.accuracy(run, *where)
            return self.number(accuracy, SINGLE, printed, told) if accuracy else None
        paired = self.scores.difference(quantity.comparison, *where)
        if paired is not None:
            told = self.scores.reference.difference(quantity.comparison, *where)
            return self.number(paired, PAIRED, printed, told)
        left, right = (
            mean([self.scores.accuracy(run, *where) for run in runs])
            for runs in (quantity.runs, quantity.minus)
        )
        return self.number(left - right, UNPAIRED, printed) if left and right else None

    def printed(self, quantity: Quantity) -> float:
        """What the paper prints for a quantity; not-a-number where it prints nothing."""
        if quantity.published is not None:
            return quantity.published
        where = (quantity.benchmark, quantity.category)
        left, right = (
            summed(in_paper(run, self.roles, *where) for run in runs) / max(1, len(runs))
            for runs in (quantity.runs, quantity.minus)
        )
        return left - right

    def number(
        self,
        estimate: Estimate,
        interval: str,
        published: float = math.nan,
        reference: MeanOfTrainings | None = None,
    ) -> Number:
        """An estimate with where it comes from."""
        known = Number(
            *(estimate.value, estimate.low, estimate.high, estimate.n),
            seed=ALL_SEEDS,
            preset=self.preset,
            parser=self.scores.parser,
            interval=interval,
            training=estimate.training.kind,
            published=published,
        )
        if reference is None:
            return known
        return dataclasses.replace(
            known,
            reference=reference.mean,
            reference_low=reference.low,
            reference_high=reference.high,
            reference_seeds=reference.seeds,
        )

    def unmeasured(self, published: float) -> Number:
        """What the paper prints of something that was not run here."""
        nothing = (math.nan, math.nan, math.nan, 0, "")
        return Number(*nothing, self.preset, "", PUBLISHED_ONLY, "", published)


def row(panel: str, series: str, item: str, number: Number) -> dict[str, object]:
    """One row of a figure's data."""
    return {"panel": panel, "series": series, "item": item, **dataclasses.asdict(number)}


def table(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """A figure's data, its columns in their fixed order even where there is no row."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def select(data: pd.DataFrame, panel: str, series: str) -> pd.DataFrame:
    """The rows of one series of a panel, in their order."""
    return data[(data["panel"] == panel) & (data["series"] == series)]
