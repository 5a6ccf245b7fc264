"""How a benchmark averages over its questions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from ..records.categories import AVERAGE
from ..records.rows import Question
from ..scoring.intervals import Floats
from ..study.runs import FAMILIES

_FLAT = ("in-domain",)  # benchmarks whose categories have no second-level axes
_TWO_AXES = "perceptual-similarity"  # the one family whose score is a mean over axes


@dataclasses.dataclass(frozen=True)
class Averages:
    """The stratum of each question (questions,), numbered from 0, and for each category that is
    reported the weights over strata, which sum to 1."""

    strata: np.ndarray
    weights: dict[str, Floats]


def averages(benchmark: str, questions: Sequence[Question]) -> Averages:
    """The strata and averages of a benchmark's questions.

    in-domain: a category is one stratum, the average is the mean of the categories. families: the
    same, but perceptual-similarity is the mean of its two axes, which are reported as well.
    out-of-domain, and any other benchmark whose questions carry axes: an axis is a stratum, a
    category the mean of its axes, the average the mean of all axes.
    Source for the last: mmstar in lmms-eval at the commit that the paper's code pins.
    """

    def stratum(question: Question) -> tuple[str, str]:
        flat = benchmark in _FLAT or (benchmark == FAMILIES and question.category != _TWO_AXES)
        return question.category, "" if flat else question.axis

    keys = [stratum(question) for question in questions]
    strata = list(dict.fromkeys(keys))
    weights: dict[str, Floats] = {}
    for category in dict.fromkeys(category for category, _ in strata):
        weights[category] = _even([key[0] == category for key in strata])
    over_axes = benchmark not in (*_FLAT, FAMILIES)
    all_even = _even([True] * len(strata))
    average = all_even if over_axes else np.mean(list(weights.values()), axis=0)
    if benchmark == FAMILIES:
        for place, (category, axis) in enumerate(strata):
            if category == _TWO_AXES and axis:
                weights[axis] = _even([other == place for other in range(len(strata))])
    weights[AVERAGE] = average
    number = {key: place for place, key in enumerate(strata)}
    return Averages(np.array([number[key] for key in keys]), weights)


def _even(members: Sequence[bool]) -> Floats:
    weights: Floats = np.array(members, float)
    return weights / sum(members)
