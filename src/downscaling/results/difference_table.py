"""Differences between runs, paired over questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ..records.files import RecordError, seed_of
from ..scoring.intervals import Floats, paired_bootstrap
from ..scoring.two_level import spread_over_seeds
from ..study.comparisons import Comparison
from ..study.runs import AnswerSet, Run
from .counts import Counts
from .estimate import OF_DIFFERENCE
from .score_table import same_questions
from .spread import difference_key
from .tables import ACCURACY, Difference
from .trainings import Trainings


def difference_table(
    preset: str,
    comparisons: Iterable[Comparison],
    counts: Mapping[AnswerSet, Counts],
    seeds: Sequence[str],
    parser: str,
    trainings: Trainings,
    resamples: int = 2000,
    seed: int = 0,
) -> list[Difference]:
    """Differences of accuracy under one parser, with 95 % intervals.

    A difference is the mean of the runs on the left less the mean of those on the right, question
    by question. What the questions add to its interval comes from a paired bootstrap; where a model
    was trained, the interval holds the spread over trainings as well, as far as it is known. A row
    per comparison, benchmark and category; n counts the answers of one side. The draws depend on
    `seed` and on the names of comparison and benchmark alone.

    Raises:
        RecordError: a run was not graded, or the two sides differ in questions.
    """
    rows = []
    for comparison in comparisons:
        for benchmark in comparison.benchmarks:
            left, right = (
                [[_counts(counts, run, one, benchmark) for run in side] for one in seeds]
                for side in (comparison.left, comparison.right)
            )
            both = [one for runs in (*left, *right) for one in runs]
            same_questions(both, f"comparison {comparison.name!r}, {benchmark}")
            gaps = np.stack(
                [
                    _mean_accuracy(ours, parser) - _mean_accuracy(theirs, parser)
                    for ours, theirs in zip(left, right, strict=True)
                ],
                axis=1,
            )
            averages = both[0].averages
            draw = seed_of(seed, comparison.name, benchmark)
            drawn = paired_bootstrap(gaps.mean(axis=1), averages.strata, resamples, draw)
            is_trained = trainings.touch(Run(*run) for run in (*comparison.left, *comparison.right))
            for category, weights in averages.weights.items():
                members = np.isin(averages.strata, np.flatnonzero(weights))
                n = int(members.sum()) * len(seeds)
                about = (preset, comparison.name, benchmark, category)
                interval = drawn.interval(weights)
                if not is_trained:
                    rows.append(Difference(*about, **trainings.untouched(interval, n)._asdict()))
                    continue
                several = len(seeds) > 1
                own = spread_over_seeds(gaps, averages.strata, weights) if several else None
                number = difference_key(comparison.name, benchmark, category, parser)
                held = trainings.over_seeds(number, interval, n, len(seeds), own, OF_DIFFERENCE)
                rows.append(Difference(*about, **held._asdict()))
    return rows


def _counts(
    counts: Mapping[AnswerSet, Counts], run: Sequence[str], seed: str, benchmark: str
) -> Counts:
    perception, reasoning, mode = run
    key = AnswerSet(Run(perception, reasoning, mode), seed, benchmark)
    if key not in counts:
        raise RecordError(f"{', '.join(run)}, seed {seed}, {benchmark}: not graded; grade it anew")
    return counts[key]


def _mean_accuracy(runs: Sequence[Counts], parser: str) -> Floats:
    """How often each question was answered rightly, averaged over runs (questions,)."""
    mean: Floats = np.mean([run.held[ACCURACY, parser] for run in runs], axis=0)
    return mean
