"""A refused value as one line: the key, what was given, what is allowed."""

from __future__ import annotations

import types
import typing
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from ..errors import UserError
from .block import ALLOWED


class ConfigError(UserError):
    """The configuration asks for something impossible: one line that names the key, what was
    given and what is allowed."""


LONGEST = 1_000
"""characters of a text"""
_KINDS = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}


def key_of(place: Iterable[str | int]) -> str:
    """A place of a configuration as its keys, with the entries of lists by their numbers, from 1:
    runs.decoupled, entry 1, modes."""
    key = ""
    for part in place:
        if isinstance(part, int):
            key, after = f"{key}, entry {part + 1}", ", "
        else:
            key, after = f"{key}{after if key else ''}{part}", "."
    return key


def unfit_text(value: Any, key: str = "") -> str:
    """One line about the first key or text, in values of whatever shape, that no terminal, page or
    file could show; empty where there is none."""
    if isinstance(value, str) and (allowed := _unfit(value)):
        return f"{key}: given {_shown(value)}; allowed: {allowed}"
    if isinstance(value, Mapping):
        for name, part in value.items():
            if isinstance(name, str) and (allowed := _unfit(name)):
                return f"{key or 'top'}: given the key {_shown(name)}; allowed: {allowed}"
            if line := unfit_text(part, f"{key}.{name}" if key else str(name)):
                return line
    elif isinstance(value, list):
        return next(filter(None, (unfit_text(part, key) for part in value)), "")
    return ""


def _unfit(text: str) -> str:
    """What is allowed in place of a text; empty for one that is fit."""
    if len(text) > LONGEST:
        return f"at most {LONGEST:,} characters"
    # Control characters, half of a surrogate pair, and what turns the direction of a line.
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cf") for character in text):
        return "text without control characters"
    return ""


def sentence(problem: Any, configuration: type[BaseModel]) -> str:
    """One line for one of the problems that pydantic found in a configuration of this type."""
    kind, given, context = problem["type"], problem["input"], problem.get("ctx", {})
    place = tuple(part for part in problem["loc"] if part != "[key]")
    above, group = _at(place[:-1], configuration)
    key = key_of([*above, *place[-1:]])
    if kind == "extra_forbidden":
        return f"config: {key}: unknown key; allowed: {', '.join(_keys(group))}"
    if kind == "missing":
        return f"config: {key}: missing; allowed: {_describe(_at(place, configuration)[1])}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = context["discriminator"].strip("'")
        said = f"given {_shown(context['tag'])}" if "tag" in context else "missing"
        choices = ", ".join(_alternatives(_at(place, configuration)[1]))
        return f"config: {key}.{tag}: {said}; allowed: {choices}"
    if kind in _KINDS:
        allowed = _KINDS[kind]
    elif kind == "literal_error":
        allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    elif kind == "string_pattern_mismatch":
        allowed = f"names of the form {context['pattern']}"
    elif kind == ALLOWED:
        allowed = problem["msg"]
    elif kind == "too_short":
        allowed = "at least one entry"
    elif kind == "too_long":
        allowed = f"at most {context['max_length']} entries"
    elif kind == "string_too_short":
        allowed = "text"
    elif kind == "string_too_long":
        allowed = f"at most {context['max_length']} characters"
    else:
        bounds = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
        told = [f"{word} {context[bound]}" for bound, word in bounds.items() if bound in context]
        allowed = " and ".join(told) or problem["msg"]
    return f"config: {key}: given {_shown(given)}; allowed: {allowed}{_hint(kind, given)}"


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    text = {True: "true", False: "false", None: "null"}.get(value, text) if _plain(value) else text
    return text if len(text) <= 60 else f"{text[:57]}..."


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _hint(kind: str, given: Any) -> str:
    """YAML reads 5e-3 as text; say so, for nobody sees it."""
    if kind not in ("float_type", "int_type") or not isinstance(given, str):
        return ""
    try:
        float(given)
    except ValueError:
        return ""
    return " (YAML reads a number in quotes as text, and 5e-3 too: write 5.0e-3)"


def _at(place: tuple[Any, ...], configuration: type[BaseModel]) -> tuple[list[str | int], Any]:
    """The keys that lead to a place of the configuration, and the type there. Where a group has
    alternatives, pydantic names the one that was chosen, which is no key."""
    kind: Any = configuration
    keys: list[str | int] = []
    for part in place:
        kind = _bare(kind)
        if alternatives := _alternatives(kind):
            kind = alternatives[part]
            continue
        keys.append(part)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[part].annotation
        else:
            kind = typing.get_args(kind)[-1]
    return keys, _bare(kind)


def _alternatives(kind: Any) -> dict[str, type[BaseModel]]:
    """The types that a group may have, by the value that chooses one; none for a single type."""
    if typing.get_origin(kind) not in (typing.Union, types.UnionType):
        return {}
    return {
        typing.get_args(field.annotation)[0]: one
        for one in typing.get_args(kind)
        for field in one.model_fields.values()
        if typing.get_origin(field.annotation) is Literal
        and len(typing.get_args(field.annotation)) == 1
    }


def _bare(kind: Any) -> Any:
    """A type without its constraints and without the None of an optional one."""
    while True:
        origin = typing.get_origin(kind)
        if origin is Annotated:
            kind = typing.get_args(kind)[0]
        elif origin in (typing.Union, types.UnionType):
            parts = [part for part in typing.get_args(kind) if part is not type(None)]
            if len(parts) > 1:
                return kind
            kind = parts[0]
        else:
            return kind


def _keys(kind: Any) -> list[str]:
    return [field.alias or name for name, field in kind.model_fields.items()]


def _describe(kind: Any) -> str:
    origin = typing.get_origin(kind)
    if origin is Literal:
        return ", ".join(str(value) for value in typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"the keys {', '.join(_keys(kind))}"
    plain = {list: "a list", dict: "keys with values", int: "a whole number", float: "a number"}
    return plain.get(origin or kind, "text")
