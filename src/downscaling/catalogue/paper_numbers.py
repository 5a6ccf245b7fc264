"""What the paper prints: its numbers and its claims, as data.

`paper/numbers.csv` holds every number that the paper (arXiv 2511.17487) prints and a study can be
held against, `claims.csv` every claim with what recomputes it from those numbers, `sets.csv` how
many questions the sets hold that its in-domain numbers are over. Values that the paper only plots
are in none.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources


@dataclasses.dataclass(frozen=True)
class Published:
    """One printed number. `value` is in `unit`, with the decimals that are printed; sizes are
    billions of parameters, and stay text where a row spans sizes ("8->1.7"); `confidence` is how
    sure the reading of a table column is, from 0 to 1, None where the number stands in running
    text."""

    id: str
    source: str
    model: str
    perception: Decimal | str | None
    reasoning: Decimal | str | None
    visual_samples: str
    benchmark: str
    metric: str
    column: str
    confidence: float | None
    value: Decimal
    unit: str
    notes: str


@dataclasses.dataclass(frozen=True)
class Claim:
    """One claim in our words. `formula` says how it is computed, for a reader; `check` says it as
    statements over `Published.id`s, for the audit. `published` is what the paper says,
    `recomputed` what its own numbers give, `status` the verdict of that comparison; `tolerance` is
    how far a measured number may lie from the published one."""

    id: str
    source: str
    text: str
    formula: str
    check: str
    published: str
    recomputed: str
    tolerance: str
    status: str
    note: str


@dataclasses.dataclass(frozen=True)
class QuestionSet:
    """One question set of VMCBench: `metric` is its column in Table 2, `dev` and `test` how many
    questions its two splits hold."""

    metric: str
    dev: int
    test: int
    source: str


@cache
def published() -> tuple[Published, ...]:
    """Every printed number, in the order of the paper's tables, figures and text."""
    return tuple(
        Published(
            id=row["id"],
            source=row["source"],
            model=row["model"],
            perception=_size(row["perception_b"]),
            reasoning=_size(row["reasoning_b"]),
            visual_samples=row["n_visual_data"],
            benchmark=row["benchmark"],
            metric=row["metric"],
            column=row["column_pos"],
            confidence=float(row["column_confidence"]) if row["column_confidence"] else None,
            value=Decimal(row["value"]),
            unit=row["unit"],
            notes=row["notes"],
        )
        for row in _rows("numbers.csv")
    )


@cache
def claims() -> tuple[Claim, ...]:
    """Every claim, C01 onwards."""
    return tuple(
        Claim(
            id=row["id"],
            source=row["source"],
            text=row["claim_in_own_words"],
            formula=row["formula"],
            check=row["check"],
            published=row["published_value"],
            recomputed=row["recomputed"],
            tolerance=row["tolerance"],
            status=row["status"],
            note=row["note"],
        )
        for row in _rows("claims.csv")
    )


@cache
def question_sets() -> tuple[QuestionSet, ...]:
    """The six question sets of Table 2's in-domain columns, in its order."""
    return tuple(
        QuestionSet(row["metric"], int(row["dev"]), int(row["test"]), row["source"])
        for row in _rows("sets.csv")
    )


def value(id: str) -> float:
    """The printed number of that id, in the unit of its record.

    Raises KeyError when the paper prints no such number.
    """
    return _values()[id]


@cache
def _values() -> dict[str, float]:
    return {record.id: float(record.value) for record in published()}


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("paper", name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _size(text: str) -> Decimal | str | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text or None
