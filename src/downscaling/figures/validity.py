"""The validity table: whether the preset's numbers are worth reading.

Each check compares one number with a bar. A number that was not measured fails its check; nothing
is asked of runs that a study does not have. Rows whose name begins with `INFORMATION` report and
decide nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import pandas as pd

from ..config.roles import Roles
from ..results.estimate import Estimate, total
from ..results.scores import Scores
from ..study.runs import GOLD, Run
from . import labels
from .runs import end_to_end
from .validity_rows import COLUMNS, COUNT, INFORMATION, POINTS, at_least, row
from .validity_spread import spread_rows

TOWER = 0.95
REASONER = 0.95
SPREAD = 0.05
RELIANCE = 0.30
FAMILIES_ABOVE_CHANCE = 10
KNOWLEDGE = 0.90

ATTRIBUTES = "vqav2"
READING = "ocrvqa"
FACTS = "scienceqa"

NOTHING = Estimate(math.nan, math.nan, math.nan, 0)
"""What was not measured: it passes no check."""


def validity(
    scores: Scores,
    probe: Mapping[str, Mapping[str, float]] | None,
    chance: Mapping[str, float],
    sizes: Sequence[str],
    roles: Roles,
    benchmarks: Sequence[str],
    runs: Collection[Run],
) -> pd.DataFrame:
    """Check a preset: the columns of `validity_rows`. Values and bars are fractions, except in rows
    that count families.

    Args:
        scores: the score tables.
        probe: value, low, high and n of the linear probes "shape" and "color" on the vision tower;
            None where nobody knows the truth about the images: there are no gold descriptions
            either, and what rests on them is not asked.
        chance: the accuracy of guessing on each family, 0 where nothing can be guessed; empty
            where the study asks no family.
        sizes: of the language model, largest first.
        roles: what plays each role; where nothing plays the baseline, nothing is asked of it.
        benchmarks: those of the study; nothing is asked of others.
        runs: those of the study; nothing is asked of others.
    """
    rows: list[dict[str, object]] = []
    if probe is not None:
        rows += _tower(probe)
        known = [name for name in labels.BENCHMARKS if name in benchmarks]
        for mode, prefix in (("plain", ""), ("think", INFORMATION)):
            read = [size for size in sizes if Run(GOLD, size, mode) in runs]
            rows += _reasoners(scores, read, known, mode, prefix) if read else ()
    if roles.baseline and chance:
        baseline = {size: roles.module("baseline", size) for size in sizes}
        seen, blind = (_evaluated(runs, baseline, mode) for mode in ("image", "blind"))
        if sizes[0] in seen and sizes[0] in blind:
            rows += _reliance(scores, baseline[sizes[0]])
        if sizes[0] in seen:
            rows += _families(scores, chance, baseline[sizes[0]])
        rows += _knowledge(scores, blind)
        if seen:
            rows += _unlearned(scores, chance, seen)
    rows += spread_rows(scores, sizes, roles)
    return pd.DataFrame(rows, columns=COLUMNS)


def holds(table: pd.DataFrame) -> bool:
    """Whether every check of a validity table holds, information aside."""
    checks = table[~table["check"].str.startswith(INFORMATION)]
    return bool(len(checks)) and bool(checks["holds"].all())


def _count(number: int) -> Estimate:
    """A number of families, which has no interval."""
    return Estimate(float(number), math.nan, math.nan, 0)


def _evaluated(runs: Collection[Run], models: Mapping[str, str], mode: str) -> dict[str, str]:
    """Those of the models, by size, that a run asks end to end."""
    return {size: m for size, m in models.items() if end_to_end(m, mode) in runs}


def _tower(probe: Mapping[str, Mapping[str, float]]) -> Iterator[dict[str, object]]:
    for name, spelled in (("shape", "shape"), ("color", "colour")):
        value, low, high = (float(probe[name][end]) for end in ("value", "low", "high"))
        number = Estimate(value, low, high, int(probe[name]["n"]))
        yield at_least(f"vision tower: {spelled} by a linear probe", number, TOWER)


def _reasoners(
    scores: Scores, sizes: Sequence[str], benchmarks: Sequence[str], mode: str, prefix: str
) -> Iterator[dict[str, object]]:
    parts = {"overall": benchmarks, **{name: [name] for name in benchmarks}} if benchmarks else {}
    for where, asked in parts.items():
        accuracies = {size: _on_gold(scores, size, mode, asked) for size in sizes}
        # The bar is for all questions; a benchmark alone tells where they fall short.
        part = prefix if where == "overall" else INFORMATION
        name = f"{part}reasoners on gold descriptions, {mode}, {where}"
        yield at_least(f"{name}: {sizes[0]}", accuracies[sizes[0]], REASONER)
        for above, size in pairwise(sizes):
            small, large = accuracies[size], accuracies[above]
            check = f"{name}: {size} not above {above} beyond its interval, lower bound at most"
            yield row(check, small, large.value, small.low <= large.value)
        if len(sizes) > 1:
            check = f"{name}: {sizes[0]} minus {sizes[-1]}"
            yield at_least(check, accuracies[sizes[0]] - accuracies[sizes[-1]], SPREAD, POINTS)


def _on_gold(scores: Scores, size: str, mode: str, benchmarks: Sequence[str]) -> Estimate:
    """The accuracy over all questions of the benchmarks, each question with the same weight."""
    run = Run(GOLD, size, mode)
    cells = [
        scores.accuracy(run, benchmark, category)
        for benchmark in benchmarks
        for category in labels.CATEGORIES[benchmark]
    ]
    known = [cell for cell in cells if cell is not None and cell.n]
    if len(known) < len(cells):
        return NOTHING
    answers = sum(cell.n for cell in known)
    pooled = total([cell * Estimate.exact(cell.n / answers) for cell in known])
    return dataclasses.replace(pooled, n=answers)


def _reliance(scores: Scores, model: str) -> Iterator[dict[str, object]]:
    for name, family in (("attributes", ATTRIBUTES), ("reading", READING)):
        seen, blind = (_family(scores, model, mode, family) for mode in ("image", "blind"))
        check = f"{model}: with the image minus blind on {name} ({labels.FAMILIES[family]})"
        yield at_least(check, seen - blind, RELIANCE, POINTS)


def _families(
    scores: Scores, chance: Mapping[str, float], model: str
) -> Iterator[dict[str, object]]:
    above = sum(
        _learned(_family(scores, model, "image", family), chance[family])
        for family in labels.FAMILIES
        if family in chance
    )
    check = f"{model}: families above chance beyond the interval, of {len(labels.FAMILIES)}"
    yield at_least(check, _count(above), float(FAMILIES_ABOVE_CHANCE), COUNT)


def _knowledge(scores: Scores, models: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for model in models.values():
        check = f"{model}: knowledge questions ({labels.FAMILIES[FACTS]}) blind"
        yield at_least(check, _family(scores, model, "blind", FACTS), KNOWLEDGE)


def _unlearned(
    scores: Scores, chance: Mapping[str, float], models: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    """The families on which no size is above chance beyond its interval, each with the figure of
    its best size; before them, how many there are. `models` are by size."""
    rows = []
    for family in labels.FAMILIES:
        accuracies = {
            size: accuracy
            for size, model in models.items()
            if not math.isnan((accuracy := _family(scores, model, "image", family)).value)
        }
        if family not in chance or any(_learned(a, chance[family]) for a in accuracies.values()):
            continue
        size = max(accuracies, key=lambda size: accuracies[size].value, default="not measured")
        check = f"{INFORMATION}learned by no size: {labels.FAMILIES[family]} (best: {size}), chance"
        rows.append(row(check, accuracies.get(size, NOTHING), chance[family], False))
    check = f"{INFORMATION}families that no size learns"
    yield row(check, _count(len(rows)), 0.0, not rows, COUNT)
    yield from rows


def _learned(accuracy: Estimate, chance: float) -> bool:
    return accuracy.low > chance


def _family(scores: Scores, model: str, mode: str, family: str) -> Estimate:
    return scores.accuracy(end_to_end(model, mode), "families", family) or NOTHING
