"""Statements over named numbers, each of which is known within bounds.

A statement is two expressions and a relation, `100 * (a.b / a.c - 1) = a.d`. An expression has
names, plain numbers (exact), + - * /, brackets, and `sum` or `mean` of one name. A name has dots
(`t2.et_06_17.in.avg`) and may have `*` for any text (`t2.et_06_17.in.c*`); a minus or a times
beside a name needs spaces around it. Statements stand side by side with `;` between them.

Nothing is executed: an expression that holds anything else is refused.
"""

from __future__ import annotations

import ast
import dataclasses
import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Literal, Protocol, Self, TypeVar, cast

Relation = Literal["=", ">", ">="]


class Quantity(Protocol):
    """What an expression is about: a number with bounds, in one sense or another."""

    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...
    def __truediv__(self, other: Self, /) -> Self: ...


N = TypeVar("N", bound=Quantity)

_NAME = re.compile(r"[A-Za-z]\w*(?:\.[\w*-]+)+")
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@dataclasses.dataclass(frozen=True)
class Number:
    """A value and the bounds between which the true one lies; exact fractions.

    Arithmetic carries the bounds along. A number that enters a formula twice is taken as two, which
    can only widen the result.
    Source: Moore, Kearfott and Cloud (2009), Introduction to Interval Analysis, chapter 2.
    """

    value: Fraction
    low: Fraction
    high: Fraction

    @classmethod
    def exact(cls, value: Fraction) -> Number:
        """A number without doubt."""
        return cls(value, value, value)

    @classmethod
    def printed(cls, value: Decimal) -> Number:
        """What a printed number stands for: everything that rounds to it, half a unit of its last
        decimal either way."""
        middle, half = Fraction(value), Fraction(10) ** int(value.as_tuple().exponent) / 2
        return cls(middle, middle - half, middle + half)

    def __add__(self, other: Number) -> Number:
        return self._corners(operator.add, other)

    def __sub__(self, other: Number) -> Number:
        return self._corners(operator.sub, other)

    def __mul__(self, other: Number) -> Number:
        return self._corners(operator.mul, other)

    def __truediv__(self, other: Number) -> Number:
        if other.low <= 0 <= other.high:
            raise ValueError("division by a number that may be zero")
        return self._corners(operator.truediv, other)

    def _corners(self, apply: Callable[[Fraction, Fraction], Fraction], other: Number) -> Number:
        ends = [apply(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Number(apply(self.value, other.value), min(ends), max(ends))


@dataclasses.dataclass(frozen=True)
class Statement:
    """What is computed, how it should stand to what it is held against, and that."""

    left: str
    relation: Relation
    right: str


def parse(text: str) -> list[Statement]:
    """The statements of a text. Raises ValueError for a part that has not one relation."""
    statements = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        pieces = re.split(r"\s(>=|>|=)\s", part)
        if len(pieces) != 3:
            raise ValueError(f"not a statement, expression = expression: {part!r}")
        statements.append(Statement(pieces[0], cast("Relation", pieces[1]), pieces[2]))
    return statements


def evaluate(
    expression: str, numbers: Callable[[str], Sequence[N]], exact: Callable[[Fraction], N]
) -> N:
    """The value of an expression; `numbers` gives those that go by a name, `exact` makes one of a
    plain number.

    Raises ValueError where the expression holds what it may not and where a name outside `sum` and
    `mean` stands for more than one number; and whatever `numbers` and the arithmetic raise.
    """
    placed: dict[str, str] = {}
    refused = ValueError(f"not an expression over named numbers: {expression!r}")

    def place(match: re.Match[str]) -> str:
        placed[f"_{len(placed)}"] = match[0]
        return f"_{len(placed) - 1}"

    def named(place: str) -> Sequence[N]:
        if place not in placed:
            raise refused
        return numbers(placed[place])

    def one(node: ast.expr) -> N:
        match node:
            case ast.BinOp(left, kind, right) if type(kind) in _OPERATORS:
                return cast("N", _OPERATORS[type(kind)](one(left), one(right)))
            case ast.Constant(int() | float() as value):
                return exact(Fraction(str(value)))
            case ast.Name(name):
                values = named(name)
                if len(values) != 1:
                    raise ValueError(f"{placed[name]} stands for {len(values)} numbers")
                return values[0]
            case ast.Call(ast.Name("sum" | "mean" as function), [ast.Name(name)], []):
                terms = named(name)
                total = reduce(operator.add, terms)
                return total if function == "sum" else total / exact(Fraction(len(terms)))
        raise refused

    try:
        tree = ast.parse(_NAME.sub(place, expression), mode="eval")
    except SyntaxError:
        raise refused from None
    return one(tree.body)
