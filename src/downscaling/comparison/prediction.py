"""Where a new training's average may lie, and how many of many averages may lie outside by chance.

An average moves from training to training. Of k trainings with mean m and standard deviation s,
the mean of n new ones lies within m ± t s sqrt(1/n + 1/k) with the level's probability, t being
Student's quantile at k - 1 degrees of freedom. The questions are the same for all of them, so s
holds all that differs between trainings, and the draw of questions is no part of it.
Source: Hahn and Meeker (1991), Statistical Intervals, chapter 4 (prediction interval for the mean
of future observations from a normal distribution).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from statistics import NormalDist

LEVEL = 0.95
FALSE_ALARM = 0.05
"""How often a training that differs by chance alone may be called not reproduced. Half of it is
for many averages outside their intervals, half for one that is far outside."""


def half_width(
    deviation: float, trainings: int, new: int, old: int, questions: int, level: float = LEVEL
) -> float:
    """Half the width of the prediction interval of a mean of `new` trainings about one of `old`.

    Never less than 3/n for n questions: where no answer of n changed between trainings, the share
    that another would change may still be 3/n.
    Source of the last: Hanley and Lippman-Hand (1983), JAMA 249, 1743-1745.

    Args:
        deviation: standard deviation of one training's average, a fraction.
        trainings: from how many the deviation was estimated; of one it is not known.
        new, old: how many trainings each of the two averages is the mean of.
        questions: over how many questions the average goes.
    """
    least = 3 / questions
    if trainings < 2 or deviation == 0:
        return least
    from scipy.stats import t

    quantile = float(t.ppf((1 + level) / 2, trainings - 1))
    return max(quantile * deviation * math.sqrt(1 / new + 1 / old), least)


def far_level(averages: int) -> float:
    """The level of an interval that none of so many averages leaves but with half the probability
    of a false alarm, however they hang together: Bonferroni's."""
    return 1 - FALSE_ALARM / 2 / averages


def allowed_outside(models: Iterable[Hashable]) -> int:
    """How many averages may lie outside their intervals by chance, given whose each of them is.

    Each lies outside with probability 1 - LEVEL. The averages of one model rise and fall together:
    at worst all leave their intervals at once, and their number varies as the sum of the squared
    numbers of averages of each model. The limit is the upper quantile of a normal distribution with
    that variance.
    Source: Kish (1965), Survey Sampling, chapter 5 (variance of a sum over clusters).
    """
    sizes = Counter(models).values()
    outside = 1 - LEVEL
    deviation = math.sqrt(outside * LEVEL * sum(size**2 for size in sizes))
    quantile = NormalDist().inv_cdf(1 - FALSE_ALARM / 2)
    return math.floor(outside * sum(sizes) + quantile * deviation)
