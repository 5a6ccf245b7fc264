"""The paper against itself: its claims and averages, recomputed from the numbers it prints.

Each claim of `claims.csv` has statements to check. Their names are ids of `numbers.csv`, and for
a row of Table 2 its sizes and samples besides (`t2.et_06_17.perception`, `.reasoning`, in billions
of parameters; `.visual_samples`, in millions). `{row}` makes a statement one of every row.
`unprinted.` begins the name of a number that the claim needs and the paper does not print; where a
run can give it, the name says which (see `measured`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache

from ..catalogue.paper_numbers import Claim, claims, published
from .statements import Number, Statement, evaluate, parse
from .verdicts import Finding, Printed, judge_printed

UNPRINTED = "unprinted."


class NotPrintedError(LookupError):
    """A claim needs a number that the paper does not print; the message is its name."""


def check_claims() -> list[Finding]:
    """A finding for every statement of every claim: C01, or C05.1, C05.2 where a claim has
    several, or C35.et_06_17 where it speaks of every row."""
    return [finding for claim in claims() for finding in check(claim)]


def check(claim: Claim) -> list[Finding]:
    """The findings of one claim. Raises ValueError for a statement that cannot be read."""
    return [
        _find(f"{claim.id}{suffix}", statement, claim) for suffix, statement in statements(claim)
    ]


def status(findings: Iterable[Finding]) -> str:
    """A claim's verdict: that of its statements, with how many have each where they differ."""
    counts = Counter(finding.verdict for finding in findings)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{verdict}: {counts[verdict]}" for verdict in Printed if verdict in counts)


def printed(name: str) -> list[Decimal]:
    """The printed numbers that go by a name, which may have `*` for any text.

    Raises NotPrintedError for the name of a number that is said not to be printed, ValueError for
    one that is not known at all.
    """
    if name.startswith(UNPRINTED):
        raise NotPrintedError(name.removeprefix(UNPRINTED))
    known = _numbers()
    values = [known[name]] if name in known else []
    if "*" in name:
        values = [value for id, value in known.items() if fnmatchcase(id, name)]
    if not values:
        raise ValueError(f"no printed number goes by the name {name!r}")
    return values


def rows() -> list[str]:
    """The rows of Table 2, as the ids of their cells name them."""
    ids = (record.id for record in published() if record.source == "Table 2")
    return list(dict.fromkeys(id.split(".")[1] for id in ids))


def statements(claim: Claim) -> Iterator[tuple[str, Statement]]:
    """The statements of a claim, each with what it adds to the claim's id."""
    if "{row}" in claim.check:
        for row in rows():
            (statement,) = parse(claim.check.replace("{row}", row))
            yield f".{row}", statement
        return
    statements = parse(claim.check)
    for place, statement in enumerate(statements, 1):
        yield f".{place}" if len(statements) > 1 else "", statement


def _find(id: str, statement: Statement, claim: Claim) -> Finding:
    equal = statement.relation == "="
    says = str(printed(statement.right)[0]) if equal else claim.published
    try:
        left = evaluate(statement.left, _known, Number.exact)
        right = evaluate(statement.right, _known, Number.exact)
    except NotPrintedError as missing:
        note = f"not printed: {missing}" + (f"; {claim.note}" if claim.note else "")
        return Finding(id, Printed.UNKNOWN, says, "-", note)
    gives = f"{_text(left)} ({float(left.low):.4g} to {float(left.high):.4g})"
    if not equal:
        gives = f"{_text(left)} against {_text(right)}"
    verdict = judge_printed(left, statement.relation, right)
    return Finding(id, verdict, says, gives, claim.note)


def _known(name: str) -> list[Number]:
    return [Number.printed(value) for value in printed(name)]


def _text(number: Number) -> str:
    return f"{float(number.value):.4g}"


@cache
def _numbers() -> dict[str, Decimal]:
    """Every printed number by its name."""
    numbers = {record.id: record.value for record in published()}
    for record in published():
        if record.source != "Table 2":
            continue
        row = ".".join(record.id.split(".")[:2])
        for name in ("perception", "reasoning"):
            size = getattr(record, name)
            if isinstance(size, Decimal):
                numbers[f"{row}.{name}"] = size
        if millions := re.fullmatch(r"([\d.]+)M", record.visual_samples):
            numbers[f"{row}.visual_samples"] = Decimal(millions[1])
    return numbers
