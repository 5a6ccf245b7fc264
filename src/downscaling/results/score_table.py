"""Scores with intervals, and parsers side by side, from counts per question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from ..records.categories import AVERAGE
from ..records.files import RecordError
from ..records.rows import Score
from ..scoring.intervals import Floats, effective_trials, weighted_mean
from ..scoring.two_level import Spread, spread_over_seeds
from ..study.runs import AnswerSet, Run
from .averages import Averages
from .counts import Counts
from .estimate import OF_ACCURACY
from .spread import score_key
from .tables import ACCURACY, ALL_SEEDS, ParserScore
from .trainings import Trainings

Key = tuple[str, str, str, str]
Kind = TypeVar("Kind")


def score_table(
    preset: str, counts: Mapping[AnswerSet, Counts], trainings: Trainings
) -> list[Score]:
    """All scores of a preset: a row per run, category, metric and parser, fractions 0..1.

    Each seed has its rows, and "all" those of its questions pooled over seeds; their n counts
    answers (for fact recall: facts). low and high are a 95 % interval. Of the questions it is
    Wilson's for one proportion, its combination for a mean over categories or axes; where one
    question is tried several times (seeds, facts) it rests on the number of independent trials that
    they are worth. Where a model was trained, the rows of "all" hold the spread over trainings as
    well, as far as it is known; those of a seed are about that training.

    Raises:
        RecordError: the seeds of a run were not made on the same questions.
    """
    return [
        row
        for key, seeds in _by_seed(counts).items()
        for row in _score_rows(preset, key, seeds, trainings)
    ]


def parser_table(preset: str, counts: Mapping[AnswerSet, Counts]) -> list[ParserScore]:
    """For every run its average under each answer parser, and how often the parsers disagree."""
    rows = []
    for key, one in counts.items():
        for parser in (parser for metric, parser in one.held if metric == ACCURACY):
            accuracy, unreadable = (
                _summary(one.averages, one.held[metric, parser], one.total)[AVERAGE][0]
                for metric in (ACCURACY, "unreadable")
            )
            row = ParserScore(
                preset,
                key.seed,
                key.run.perception,
                key.run.reasoning,
                key.run.mode,
                key.benchmark,
                parser,
                accuracy,
                unreadable,
                float(one.disagree.mean()),
                len(one.questions),
            )
            rows.append(row)
    return rows


def same_questions(counts: Iterable[Counts], what: str) -> None:
    """Raise RecordError where counts are not over the same questions."""
    if len({one.questions for one in counts}) > 1:
        raise RecordError(f"{what}: the runs were not made on the same questions")


def _by_seed(counts: Mapping[AnswerSet, Counts]) -> dict[Key, dict[str, Counts]]:
    groups: dict[Key, dict[str, Counts]] = {}
    for key, one in counts.items():
        perception, reasoning, mode = key.run.listed()
        groups.setdefault((perception, reasoning, mode, key.benchmark), {})[key.seed] = one
    return groups


def _score_rows(
    preset: str, key: Key, seeds: dict[str, Counts], trainings: Trainings
) -> Iterator[Score]:
    same_questions(seeds.values(), ", ".join(key))
    perception, reasoning, mode, benchmark = key
    run = Run(perception, reasoning, mode)
    is_trained = trainings.touch([run])
    for seed in (*seeds, ALL_SEEDS):
        chosen: Sequence[Counts] = list(seeds.values()) if seed == ALL_SEEDS else [seeds[seed]]
        first, total = chosen[0], np.sum([one.total for one in chosen], axis=0)
        for metric, parser in first.held:
            each = np.stack([one.held[metric, parser] for one in chosen], axis=1)
            for category, numbers in _summary(first.averages, each.sum(axis=1), total).items():
                value, low, high, n = numbers
                interval = (value, low, high)
                about = (preset, seed, *key, category, metric, parser)
                if not is_trained:
                    yield Score(*about, **trainings.untouched(interval, n)._asdict())
                elif seed != ALL_SEEDS:
                    yield Score(*about, **trainings.once(interval, n)._asdict())
                else:
                    weights = first.averages.weights[category]
                    held = trainings.over_seeds(
                        score_key(run, benchmark, category, metric, parser),
                        interval,
                        n,
                        len(chosen),
                        _spread(first, each, weights) if len(chosen) > 1 else None,
                        OF_ACCURACY,
                    )
                    yield Score(*about, **held._asdict())


def _spread(counts: Counts, held: Floats, weights: Floats) -> Spread:
    """The spread over seeds of a score; `held` (questions, seeds) counts what held. A question of
    many trials weighs as much as it does in the score."""
    strata = counts.averages.strata
    sizes = np.bincount(strata, counts.total) / np.bincount(strata)
    return spread_over_seeds(held / sizes[strata][:, None], strata, weights)


def _summary(
    averages: Averages, held: Floats, total: Floats
) -> dict[str, tuple[float, float, float, int]]:
    """For each category: its value, limits and number of trials."""
    members = [averages.strata == place for place in range(int(averages.strata.max()) + 1)]
    sizes = np.array([total[mine].sum() for mine in members])
    proportions = np.array([held[mine].sum() for mine in members]) / sizes
    trials = [effective_trials(held[mine], total[mine]) for mine in members]
    return {
        category: (*weighted_mean(proportions, trials, weights), int(sizes[weights > 0].sum()))
        for category, weights in averages.weights.items()
    }
