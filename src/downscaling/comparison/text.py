"""A comparison as text for a terminal, and as values for programs."""

from __future__ import annotations

import dataclasses
from typing import Any

from .compare import Answer, Comparison
from .numbers import Row

_NAMED = 3  # of the averages outside, in one line


def brief(comparison: Comparison) -> str:
    """The answer in one line."""
    files, numbers = comparison.files, comparison.numbers
    where = f" in {comparison.part}" if comparison.part else ""
    share = f"{files.equal:,} of {files.total:,} artifacts{where}"
    if comparison.answer == Answer.IDENTICAL:
        return f"{comparison.answer}: {share} are those of {comparison.right.folder}"
    outside, total = len(numbers.outside), len(numbers.rows)
    if comparison.spread is None:
        differ = f"{outside} of {total} averages differ" if outside else f"all {total} are equal"
        said = f"{differ}, and no spread between trainings is known"
    else:
        said = (
            f"{total - outside} of {total} averages lie inside the 95 % prediction interval of "
            f"{comparison.spread}, and {numbers.allowed} may lie outside by chance"
        )
    parts = [f"{comparison.answer}: {said}"]
    if numbers.far and comparison.spread:
        parts.append(f"too far outside for chance: {_named(numbers.far)}")
    elif numbers.outside and comparison.spread:
        parts.append(f"outside: {_named(numbers.outside)}")
    return "; ".join(
        [*parts, f"{share} are identical, the first that is not: {_first(comparison)}"]
    )


def full(comparison: Comparison) -> str:
    """The answer, and the averages side by side."""
    has_spread = comparison.spread is not None
    header = ["average of", "A", "B", "sd", "interval of A", "inside"]
    if not has_spread:
        header = ["average of", "A", "of questions", "B", "of questions", "equal"]
    rows = [_with_spread(row) if has_spread else _alone(row) for row in comparison.numbers.rows]
    about = [
        brief(comparison),
        "",
        *(
            f"{name}  {side.folder}, seeds {', '.join(sorted(side.seeds, key=int))}"
            for name, side in (("A", comparison.left), ("B", comparison.right))
        ),
        "accuracies by perception, reasoning, mode and benchmark",
        "",
    ]
    return "\n".join([*about, *_aligned([header, *rows])])


def values(comparison: Comparison) -> dict[str, Any]:
    """The same for programs."""
    files, numbers = comparison.files, comparison.numbers
    return {
        "answer": comparison.answer.value,
        "a": str(comparison.left.folder),
        "b": str(comparison.right.folder),
        "part": comparison.part,
        "spread": None if comparison.spread is None else str(comparison.spread),
        "artifacts": files.total,
        "identical_artifacts": files.equal,
        "first_difference": None if files.first is None else dataclasses.asdict(files.first),
        "averages": len(numbers.rows),
        "outside": len(numbers.outside),
        "far_outside": len(numbers.far),
        "allowed_outside": numbers.allowed,
        "rows": [_values(row) for row in numbers.rows],
    }


def _values(row: Row) -> dict[str, Any]:
    perception, reasoning, mode, benchmark = row.key
    return {
        "perception": perception,
        "reasoning": reasoning,
        "mode": mode,
        "benchmark": benchmark,
        "a": row.left.mean,
        "b": row.right.mean,
        "sd": row.sd,
        "low": row.low,
        "high": row.high,
        "inside": row.is_inside,
        "far_outside": row.is_far,
        "a_questions": [row.left.low, row.left.high],
        "b_questions": [row.right.low, row.right.high],
    }


def _first(comparison: Comparison) -> str:
    first = comparison.files.first
    return "none" if first is None else f"{first.path} ({first.job}) {first.what}; {first.cause}"


def _named(rows: list[Row]) -> str:
    named = [
        f"{' '.join(row.key)} {_fraction(row.left.mean)} ({_range(row.low, row.high)})"
        for row in rows[:_NAMED]
    ]
    return ", ".join([*named, *([f"{len(rows) - _NAMED} more"] if len(rows) > _NAMED else [])])


def _with_spread(row: Row) -> list[str]:
    inside = "far outside" if row.is_far else "yes" if row.is_inside else "outside"
    sd = "" if row.sd is None else _fraction(row.sd)
    a, b = _fraction(row.left.mean), _fraction(row.right.mean)
    return [" ".join(row.key), a, b, sd, _range(row.low, row.high), inside]


def _alone(row: Row) -> list[str]:
    cells = [" ".join(row.key)]
    for average in (row.left, row.right):
        cells += [_fraction(average.mean), _range(average.low, average.high)]
    return [*cells, "yes" if row.is_inside else "no"]


def _fraction(value: float) -> str:
    return f"{value:.3f}"


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_fraction(low)} to {_fraction(high)}"


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
