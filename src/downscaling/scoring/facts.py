"""Fact recall: what a description says of the facts that its question needs.

It measures perception before any reasoner reads the description.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence

from ..records.files import RecordError
from ..records.rows import Fact

# Descriptions are a model's free text, at most about 1,000 tokens; a runaway one must not make a
# pattern's search long, so what stands beyond this many characters is not read.
_READ = 10_000


@dataclasses.dataclass(frozen=True)
class FactCount:
    """Of the facts that one question needs: how many are stated, stated wrongly, needed in all."""

    stated: int
    misstated: int
    needed: int


def recall(description: str, facts: Sequence[Fact]) -> FactCount:
    """Count the facts of one question that a description states, and that it states wrongly.

    A fact is stated where its `states` matches anywhere, and stated wrongly where `misstates`
    matches and `states` does not. Case is ignored, and any white space reads as one space.
    Raises RecordError for a pattern that is not a regular expression.
    """
    text = " ".join(description[:_READ].split())
    stated = misstated = 0
    for fact in facts:
        if _pattern(fact, "states").search(text):
            stated += 1
        elif fact.misstates and _pattern(fact, "misstates").search(text):
            misstated += 1
    return FactCount(stated, misstated, len(facts))


def _pattern(fact: Fact, column: str) -> re.Pattern[str]:
    pattern = getattr(fact, column)
    try:
        return _compiled(pattern)
    except re.error as error:
        raise RecordError(
            f"question {fact.question}, fact {fact.name}: {column} is no regular expression: "
            f"{pattern!r} ({error})"
        ) from error


@functools.lru_cache(maxsize=8192)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
