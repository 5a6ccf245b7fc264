"""TextVQA's annotations: what ten people answered to each question.

Layout: a JSON object whose data is an array of rows with question_id and answers, among others.
Source: textvqa.org, TextVQA_0.5.1_val.json, as CoIN's eval_textvqa.py reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...records.files import RecordError
from .cells import clean
from .omissions import RowError

PEOPLE = 10
Answers = Mapping[str, tuple[str, ...]]
"""Of each question, by its id."""


def people(path: Path) -> Answers:
    """What people answered, each on one line. Raises RecordError for a file that
    is missing or of another layout."""
    try:
        rows = json.loads(path.read_text("utf-8"))["data"]
        return {str(row["question_id"]): tuple(map(_line, row["answers"])) for row in rows}
    except FileNotFoundError:
        raise RecordError(f"{path}: no such file") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(f"{path}: not TextVQA's annotations ({error!r:.200})") from None


def said(row: Mapping[str, Any], answers: Answers) -> str:
    """What people answered to a row's question, a line each. Raises RowError where they are not
    ten."""
    found = answers.get(str(row.get("question_id")), ())
    if len(found) != PEOPLE or not any(found):
        raise RowError(f"{len(found)} people, not {PEOPLE}, answered {row.get('question_id')!r}")
    return "\n".join(found)


def _line(answer: str) -> str:
    return " ".join(clean(answer).split())
