"""The part of the validity table on how far trainings lie apart.

Source of the bars: two models of one accuracy that err on different questions already differ by
about .02 in-domain, .026 out-of-domain and .05 on a family.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..config.roles import Roles
from ..results.estimate import REFERENCE, SEEDS, SEEN_ONCE, Estimate, Training
from ..results.scores import Scores
from ..study.runs import FAMILIES
from . import labels
from .runs import end_to_end
from .table_2_lines import measured
from .validity_rows import INFORMATION, POINTS, at_most

AVERAGES = {"in-domain": 0.03, "out-of-domain": 0.04}
DROPS, FAMILY = 0.03, 0.08
"""Bars of the standard deviations over seeds: of averages, of the drops of figure 3, of families"""


def spread_rows(scores: Scores, sizes: Sequence[str], roles: Roles) -> Iterator[dict[str, object]]:
    """For each kind of number the largest standard deviation over seeds. Where this study has one
    seed, it is that of the reference, or not measured; the row then decides nothing."""
    lines = measured(scores, sizes, roles)
    for benchmark, bar in AVERAGES.items():
        averages = [scores.accuracy(line.run, benchmark) for line in lines]
        yield from _largest(f"{benchmark} averages of Table 2", averages, bar)
    if not roles.baseline:
        return
    step = f"{sizes[0]}->{sizes[-1]}"
    drops = [
        scores.difference(f"{module} {step}", benchmark)
        for module in ("perception", "reasoning")
        for benchmark in AVERAGES
    ]
    yield from _largest("drops of figure 3", drops, DROPS)
    models = [roles.module("baseline", size) for size in sizes]
    families = [
        scores.accuracy(end_to_end(model, "image"), FAMILIES, family)
        for model in models
        for family in labels.FAMILIES
    ]
    yield from _largest("accuracies of families", families, FAMILY)


def _largest(
    what: str, numbers: Sequence[Estimate | None], bar: float
) -> Iterator[dict[str, object]]:
    """The row of some numbers, by the most certain source that they have; none where no training
    touches them."""
    check = f"largest standard deviation over seeds, {what}"
    trainings = [one.training for one in numbers if one]
    for kind, name in ((SEEDS, check), (REFERENCE, f"{INFORMATION}{check}, in the reference")):
        spreads = [one.sd for one in trainings if one.kind == kind and one.sd is not None]
        if spreads:
            yield at_most(name, _plain(max(spreads), kind), bar, POINTS)
            return
    if any(one.kind == SEEN_ONCE for one in trainings):
        name = f"{INFORMATION}{check}, not measured with one seed"
        yield at_most(name, _plain(math.nan, SEEN_ONCE), bar, POINTS)


def _plain(value: float, kind: str) -> Estimate:
    """A standard deviation, which has no interval here."""
    return Estimate(value, math.nan, math.nan, 0, Training(kind))
