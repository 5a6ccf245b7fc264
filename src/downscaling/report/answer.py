"""The answer that the page opens with: which costs more, shrinking perception or reasoning."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ..audit.shown import interval, points
from ..figures import labels
from ..results.estimate import REFERENCE, SEEDS, Estimate
from ..results.reference_trainings import MeanOfTrainings
from ..results.scores import Scores

PERCEPTION, REASONING = "perception", "reasoning"


@dataclasses.dataclass(frozen=True)
class Cost:
    """What shrinking a module costs on a benchmark: in this run, and in its reference as the mean
    over trainings."""

    module: str
    benchmark: str
    here: Estimate
    reference: MeanOfTrainings | None
    row: tuple[str, ...]
    """of `differences.csv`"""


@dataclasses.dataclass(frozen=True)
class Answer:
    """The answer in words, and the numbers behind it: of each benchmark perception, then
    reasoning."""

    headline: str
    sentence: str
    costs: list[Cost]


def answer(scores: Scores, sizes: Sequence[str]) -> Answer | None:
    """What a run says of the paper's question; None where it did not shrink both modules.

    Shrinking one costs more where the interval of the gap lies on one side of 0 on every benchmark.
    The gap's interval takes the two costs as independent, as the audit does.
    """
    costs = [
        cost
        for benchmark in labels.BENCHMARKS
        for module in (PERCEPTION, REASONING)
        if (cost := _cost(scores, module, benchmark, sizes))
    ]
    pairs = [both for both in zip(costs[::2], costs[1::2], strict=False) if _is_pair(both)]
    if not pairs:
        return None
    gaps = [perception.here - reasoning.here for perception, reasoning in pairs]
    step = labels.step(sizes)
    if all(gap.low > 0 for gap in gaps):
        headline = f"Shrinking perception costs more than shrinking reasoning ({step})"
    elif all(gap.high < 0 for gap in gaps):
        headline = f"Shrinking reasoning costs more than shrinking perception ({step})"
    else:
        headline = f"Which costs more, shrinking perception or reasoning ({step}), stays open here"
    told = [
        f"{_of(gap)} {labels.BENCHMARKS[pair[0].benchmark].lower()}"
        for gap, pair in zip(gaps, pairs, strict=True)
    ]
    sentence = f"Perception costs more by {' and by '.join(told)}; {_seeds(scores, gaps[0])}."
    return Answer(headline, sentence, [cost for pair in pairs for cost in pair])


def _cost(scores: Scores, module: str, benchmark: str, sizes: Sequence[str]) -> Cost | None:
    name = f"{module} {sizes[0]}->{sizes[-1]}"
    here = scores.difference(name, benchmark)
    if here is None:
        return None
    reference = scores.reference.difference(name, benchmark, "average")
    return Cost(module, benchmark, here, reference, ("differences", name, benchmark, "average"))


def _is_pair(costs: tuple[Cost, Cost]) -> bool:
    modules = [cost.module for cost in costs]
    return modules == [PERCEPTION, REASONING] and costs[0].benchmark == costs[1].benchmark


def _of(gap: Estimate) -> str:
    return f"{points(gap.value)} {interval(points(gap.low), points(gap.high))} points"


def _seeds(scores: Scores, gap: Estimate) -> str:
    """Over how many trainings, and what of training the intervals hold."""
    seeds = scores.seeds
    if gap.training.kind == SEEDS:
        return f"{len(seeds)} trainings of each model, seeds {', '.join(seeds)}"
    seen = f"one training of each model, seed {seeds[0]}" if len(seeds) == 1 else f"{seeds} seeds"
    if gap.training.kind == REFERENCE:
        return f"{seen}, with the spread of the reference's trainings in the intervals"
    return f"{seen}, and how far trainings lie apart is not known: seen once"
