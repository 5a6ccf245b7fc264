"""Descriptions and answers that were made elsewhere, checked before anything builds on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..records.files import RecordError, read
from ..records.rows import Answer, Description, Question

KINDS = {"descriptions": Description, "answers": Answer}

__all__ = ["KINDS", "RecordError", "accepted"]


def accepted(path: Path, kind: str, questions: Sequence[Question]) -> list[Any]:
    """The records of a file, in the order of the questions.

    kind: a key of `KINDS`. Raises RecordError where `read` does, and where the file has not exactly
    one record for each question.
    """
    held = read(path, KINDS[kind])
    times = Counter(record.question for record in held)
    asked = [question.id for question in questions]
    for what, found in (
        ("questions twice", [name for name, count in times.items() if count > 1]),
        ("questions that were not asked", sorted(times.keys() - set(asked))),
        ("no record for questions that were", [name for name in asked if name not in times]),
    ):
        if found:
            raise RecordError(f"{path}: holds {what}: {found[0]} ({len(found)} in all)")
    by_question = {record.question: record for record in held}
    return [by_question[name] for name in asked]
