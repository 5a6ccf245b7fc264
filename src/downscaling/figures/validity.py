"""The validity table: whether the preset's numbers are worth reading.

Each check compares one number with a bar. A number that was not measured fails its check. Rows
whose name begins with `INFORMATION` report and decide nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import pandas as pd

from ..config.roles import Roles
from ..results.estimate import Estimate
from ..results.tables import Scores
from ..study.names import GOLD
from . import labels
from .numbers import minus
from .runs import end_to_end
from ..study.names import Run

COLUMNS = ["check", "value", "low", "high", "bar", "holds"]
INFORMATION = "information: "

TOWER = 0.95
REASONER = 0.95
SPREAD = 0.05
RELIANCE = 0.30
FAMILIES_ABOVE_CHANCE = 10
KNOWLEDGE = 0.90

ATTRIBUTES = "vqav2"
READING = "ocrvqa"
FACTS = "scienceqa"


def validity(
    scores: pd.DataFrame,
    probe: Mapping[str, Mapping[str, float]] | None,
    chance: Mapping[str, float],
    sizes: list[str],
) -> pd.DataFrame:
    """Check a preset: columns check, value, low, high, bar, holds.

    `probe` holds value, low and high of the linear probes "shape" and "color" on the vision
    tower; where nobody knows the truth about the images it is None, there are no gold descriptions
    either, and what rests on them is not asked. `chance` holds the accuracy of guessing on each
    family, 0 where nothing can be guessed; `sizes` are largest first. Values and bars are
    fractions, except in rows that count families.
    """
    found = results.Results(scores)
    known: list[dict[str, object]] = []
    if probe is not None:
        known += _tower(probe)
        known += _reasoners(found, sizes, "plain", "")
        known += _reasoners(found, sizes, "think", INFORMATION)
    rows = [
        *known,
        *_reliance(found, sizes),
        *_families(found, chance, sizes),
        *_knowledge(found, sizes),
        *_unlearned(found, chance, sizes),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def holds(table: pd.DataFrame) -> bool:
    """Whether every check of a validity table holds, information aside."""
    checks = table[~table["check"].str.startswith(INFORMATION)]
    return bool(len(checks)) and bool(checks["holds"].all())


def _row(check: str, number: Interval, bar: float, passed: bool) -> dict[str, object]:
    return {"check": check, **dataclasses.asdict(number), "bar": bar, "holds": bool(passed)}


def _at_least(check: str, number: Interval, bar: float) -> dict[str, object]:
    return _row(f"{check}, at least", number, bar, number.value >= bar)


def _tower(probe: Mapping[str, Mapping[str, float]]) -> Iterator[dict[str, object]]:
    for name, spelled in (("shape", "shape"), ("color", "colour")):
        number = Interval(**{key: float(probe[name][key]) for key in ("value", "low", "high")})
        yield _at_least(f"vision tower: {spelled} by a linear probe", number, TOWER)


def _reasoners(
    found: results.Results, sizes: list[str], mode: str, prefix: str
) -> Iterator[dict[str, object]]:
    for where in ("overall", *labels.BENCHMARKS):
        benchmarks = list(labels.BENCHMARKS) if where == "overall" else [where]
        numbers = {size: _gold(found, size, mode, benchmarks) for size in sizes}
        # The bar is for all questions; a benchmark alone tells where they fall short.
        part = prefix if where == "overall" else INFORMATION
        name = f"{part}reasoners on gold descriptions, {mode}, {where}"
        yield _at_least(f"{name}: {sizes[0]}", numbers[sizes[0]], REASONER)
        for above, size in pairwise(sizes):
            small, large = numbers[size], numbers[above]
            check = f"{name}: {size} not above {above} beyond its interval, lower bound at most"
            yield _row(check, small, large.value, small.low <= large.value)
        if len(sizes) > 1:
            check = f"{name}: {sizes[0]} minus {sizes[-1]}"
            yield _at_least(check, results.minus(numbers[sizes[0]], numbers[sizes[-1]]), SPREAD)


def _gold(found: results.Results, size: str, mode: str, benchmarks: Sequence[str]) -> Interval:
    """The accuracy over all questions of the benchmarks, each question with the same weight."""
    run = results.Run("gold", size, mode)
    cells = [
        found.accuracy(run, benchmark, category)
        for benchmark in benchmarks
        for category in labels.CATEGORIES[benchmark]
    ]
    known = [cell for cell in cells if cell is not None and cell.n]
    if len(known) < len(cells):
        return Interval()
    total = sum(cell.n for cell in known)
    shares = [cell.n / total for cell in known]
    value = sum(share * cell.value for share, cell in zip(shares, known, strict=True))
    below = [share * (cell.value - cell.low) for share, cell in zip(shares, known, strict=True)]
    above = [share * (cell.high - cell.value) for share, cell in zip(shares, known, strict=True)]
    return Interval(value, value - math.hypot(*below), value + math.hypot(*above))


def _reliance(found: results.Results, sizes: list[str]) -> Iterator[dict[str, object]]:
    model = f"instruct-{sizes[0]}"
    for name, family in (("attributes", ATTRIBUTES), ("reading", READING)):
        seen, blind = (_family(found, model, mode, family) for mode in ("image", "blind"))
        check = f"{model}: with the image minus blind on {name} ({labels.FAMILIES[family]})"
        yield _at_least(check, results.minus(seen, blind), RELIANCE)


def _families(
    found: results.Results, chance: Mapping[str, float], sizes: list[str]
) -> Iterator[dict[str, object]]:
    model = f"instruct-{sizes[0]}"
    above = sum(
        _learned(_family(found, model, "image", family), chance[family])
        for family in labels.FAMILIES
        if family in chance
    )
    yield _at_least(
        f"{model}: families above chance beyond the interval, of {len(labels.FAMILIES)}",
        Interval(float(above)),
        float(FAMILIES_ABOVE_CHANCE),
    )


def _knowledge(found: results.Results, sizes: list[str]) -> Iterator[dict[str, object]]:
    for size in sizes:
        number = _family(found, f"instruct-{size}", "blind", FACTS)
        check = f"instruct-{size}: knowledge questions ({labels.FAMILIES[FACTS]}) blind"
        yield _at_least(check, number, KNOWLEDGE)


def _unlearned(
    found: results.Results, chance: Mapping[str, float], sizes: list[str]
) -> Iterator[dict[str, object]]:
    """The families on which no size is above chance beyond its interval, each with the figure of
    its best size; before them, how many there are."""
    rows = []
    for family in labels.FAMILIES:
        numbers = [
            (number, size)
            for size in sizes
            if not math.isnan((number := _family(found, f"instruct-{size}", "image", family)).value)
        ]
        if family not in chance or any(_learned(one, chance[family]) for one, _ in numbers):
            continue
        best, size = max(
            numbers, key=lambda pair: pair[0].value, default=(Interval(), "not measured")
        )
        check = f"{INFORMATION}learned by no size: {labels.FAMILIES[family]} (best: {size}), chance"
        rows.append(_row(check, best, chance[family], False))
    yield _row(
        f"{INFORMATION}families that no size learns", Interval(float(len(rows))), 0.0, not rows
    )
    yield from rows


def _learned(number: Interval, chance: float) -> bool:
    return number.low > chance


def _family(found: results.Results, model: str, mode: str, family: str) -> Interval:
    number = found.accuracy(results.end_to_end(model, mode), "families", family)
    return Interval() if number is None else Interval(number.value, number.low, number.high)
