"""Published numbers and claims beside what was measured, as the page shows them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from decimal import Decimal, InvalidOperation

from ..audit.document import Audit, ClaimEntry, Entry
from ..audit.measured import RELEASED
from ..audit.verdicts import AGAINST, Measured
from ..catalogue.paper_numbers import Claim, Published, claims, published

FIRST = [
    Measured.CONTRADICTED,
    Measured.OPPOSITE_SEEN_ONCE,
    Measured.REPRODUCED,
    Measured.SEEN_ONCE,
    Measured.INCONCLUSIVE,
    Measured.NOT_JUDGED,
    Measured.NOT_RUN,
]
"""Verdicts in the order in which a reader wants their counts."""

CENTRAL = ("C25", "C08", "C09", "C10", "C11", "C32", "C26", "C16", "C01", "C02")
"""The claims that the paper's abstract and first page rest on: perception against reasoning,
extraction tuning, thinking, and what they reach together."""

WIDTH = 120
"""Units of the small drawing of an interval."""


@dataclasses.dataclass(frozen=True)
class Drawing:
    """An interval beside what it is held against: places from 0 to `WIDTH`."""

    low: float
    value: float
    high: float
    against: float


def counts(verdicts: list[Measured]) -> list[tuple[Measured, int]]:
    """How many have each verdict, those that nothing has left out."""
    counted = Counter(verdicts)
    return [(verdict, counted[verdict]) for verdict in FIRST if counted[verdict]]


def grouped(audit: Audit) -> dict[str, list[ClaimEntry]]:
    """The claims as a reader wants them: "central", with every contradicted one before them; the
    "others" that were run; those "not run"."""
    run = [claim for claim in audit.claims if claim.verdict != Measured.NOT_RUN]
    first = [claim for claim in run if claim.verdict in AGAINST]
    first += [c for id in CENTRAL for c in run if c.id == id and c not in first]
    return {
        "central": first,
        "others": [claim for claim in run if claim not in first],
        "not run": [claim for claim in audit.claims if claim not in run],
    }


def sources() -> dict[str, Claim]:
    """The claims by their ids."""
    return {claim.id: claim for claim in claims()}


def about(audit: Audit) -> list[tuple[Entry, Published]]:
    """Each published number with what the paper says of it."""
    known = {record.id: record for record in published()}
    return [(entry, known[entry.id.removesuffix(RELEASED)]) for entry in audit.numbers]


def drawing(entry: Entry) -> Drawing | None:
    """The interval of an entry, drawn around the published number, or around 0 where the claim is
    that one thing exceeds another; None where nothing was measured."""
    if entry.measured is None or entry.low is None or entry.high is None:
        return None
    try:
        against = float(Decimal(entry.published))
    except InvalidOperation:
        against = 0.0
    reach = 1.1 * max(abs(entry.low - against), abs(entry.high - against), 1e-9)

    def place(value: float) -> float:
        return round((value - against + reach) / (2 * reach) * WIDTH, 1)

    return Drawing(place(entry.low), place(entry.measured), place(entry.high), place(against))
