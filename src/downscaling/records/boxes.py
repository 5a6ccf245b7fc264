"""Boxes as text: four numbers, which a question's answer holds and a reply names."""

from __future__ import annotations

import math
import re

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in the units of the text."""

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:e-?\d+)?", re.IGNORECASE)
_RUN = re.compile(rf"(?:{_NUMBER.pattern}[\s,;()\[\]]*)+", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\}")


def read_box(text: str) -> Box | None:
    """The box (left, top, right, bottom) that a reply names, None if it names none.

    The last brackets with exactly four numbers count; without such, the last run of exactly four
    numbers on the last line that is not blank. Units are those of the reply.
    """
    for found in reversed(list(_BRACKETS.finditer(text))):
        box = _four(next(group for group in found.groups() if group is not None))
        if box is not None:
            return box
    lines = [line for line in text.splitlines() if line.strip()]
    runs = (_four(found.group()) for found in _RUN.finditer(lines[-1] if lines else ""))
    return next((box for box in reversed(list(runs)) if box is not None), None)


def _four(text: str) -> Box | None:
    numbers = [float(number) for number in _NUMBER.findall(text)]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        return None
    left, top, right, bottom = numbers
    return left, top, right, bottom
