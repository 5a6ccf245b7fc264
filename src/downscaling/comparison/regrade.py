"""What was found in a reference's answers, graded anew by today's rules."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..records.boxes import read_box
from ..records.rows import GradedAnswer, Parse, Question
from ..scoring.grade import worth


def regraded(row: GradedAnswer, question: Question) -> GradedAnswer:
    """A graded answer with the worth that today's rules give to what its parsers found."""
    parses = (
        dataclasses.replace(parse, worth=worth(_choice(parse, question), question))
        for parse in row.parses
    )
    return dataclasses.replace(row, parses=tuple(parses))


def _choice(parse: Parse, question: Question) -> Any:
    """What a parser found, as `grade.worth` takes it."""
    if not parse.is_found:
        return None
    if question.options:
        return parse.option
    return read_box(parse.found) if question.kind == "box" else parse.found
