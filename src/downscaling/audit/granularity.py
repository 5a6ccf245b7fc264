"""Whether printed percentages can be shares of the question sets that they are said to be over.

A share of n questions is one of n + 1 numbers, so a percentage printed with one decimal tells which
n it can come from.
Source: Brown and Heathers (2017), The GRIM Test, Social Psychological and Personality Science 8,
363-369.
"""

from __future__ import annotations

import math
from decimal import Decimal

from ..catalogue.paper_numbers import Published, QuestionSet, published, question_sets
from .statements import Number
from .verdicts import Finding, Printed


def counts(percentage: Decimal, n: int) -> range:
    """How many of n questions, answered rightly, would be printed as this percentage."""
    shown = Number.printed(percentage)
    least, most = math.ceil(shown.low * n / 100), math.floor(shown.high * n / 100)
    return range(max(0, least), min(n, most) + 1)


def check_cells() -> list[Finding]:
    """A finding for each in-domain cell of Table 2, and for each of its six columns.

    A cell holds where it can be a share of its set: of the dev split, the test split, or both
    together. A column holds where all of its cells can be shares of the same one.
    """
    findings, columns = [], []
    for column in question_sets():
        cells = [
            record
            for record in published()
            if record.source == "Table 2" and record.metric == column.metric
        ]
        findings += [_cell(cell, column) for cell in cells]
        columns.append(_column(cells, column))
    return findings + columns


def sizes(column: QuestionSet) -> dict[int, str]:
    """The numbers of questions that a column's cells may be over, and what these are."""
    return {
        column.dev + column.test: "dev and test",
        column.test: "test",
        column.dev: "dev",
    }


def _cell(cell: Published, column: QuestionSet) -> Finding:
    fitting = {n: counts(cell.value, n) for n in sizes(column)}
    shares = [f"{right[0]} of {n}" for n, right in fitting.items() if right]
    failing = [f"{n} ({split})" for n, split in sizes(column).items() if not fitting[n]]
    return Finding(
        cell.id,
        Printed.HOLDS if shares else Printed.FAILS,
        str(cell.value),
        "; ".join(shares) or "-",
        f"no share of {', '.join(failing)}" if failing else "",
    )


def _column(cells: list[Published], column: QuestionSet) -> Finding:
    def fit(n: int) -> int:
        return sum(bool(counts(cell.value, n)) for cell in cells)

    others = [n for other in question_sets() if other != column for n in sizes(other)]
    tally = [f"{n} ({split}) fits {fit(n)}" for n, split in sizes(column).items()]
    chance = (column.dev + column.test + 1) / 1001
    return Finding(
        f"column.{column.metric}",
        Printed.HOLDS if any(fit(n) == len(cells) for n in sizes(column)) else Printed.FAILS,
        f"{len(cells)} cells",
        ", ".join(tally),
        f"no size of another set fits more than {max(map(fit, others))}; a percentage drawn at "
        f"random is a share of {column.dev + column.test} with a chance of {chance:.0%}",
    )
