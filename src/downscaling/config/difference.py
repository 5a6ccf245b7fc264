"""By which key two configurations differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..errors import UserError
from .configuration import Configuration


class Difference(NamedTuple):
    """A dotted key, and its value on both sides; None where there is none."""

    key: str
    ours: Any
    theirs: Any


def differences(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], counts: Callable[[str], bool]
) -> Iterator[Difference]:
    """Those in keys that count."""
    left, right = _flat(ours), _flat(theirs)
    for key in filter(counts, dict.fromkeys([*left, *right])):
        if left.get(key) != right.get(key):
            yield Difference(key, left.get(key), right.get(key))


def first_difference(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], counts: Callable[[str], bool]
) -> Difference | None:
    """That in the first key that counts; None of two that agree."""
    return next(differences(ours, theirs, counts), None)


def completed(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A configuration that an earlier version wrote, with the keys that it did not know at their
    defaults, by which that version worked. As it is, where today's version cannot read it."""
    try:
        return Configuration.model_validate(values).values()
    except (UserError, ValidationError):
        return values


def is_under(key: str, *above: str) -> bool:
    """Whether a dotted key is one of these or stands under one."""
    return any(f"{key}.".startswith(f"{one}.") for one in above)


def _flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        inner = isinstance(value, Mapping)
        flat |= _flat(value, f"{before}{key}.") if inner else {f"{before}{key}": value}
    return flat
