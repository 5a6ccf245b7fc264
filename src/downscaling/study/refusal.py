"""A refused value as one line: the key, what was given, what is allowed."""

from __future__ import annotations

import types
import typing
from typing import Annotated, Any, Literal

from pydantic import BaseModel


class StudyError(ValueError):
    """The configuration asks for something impossible: one line that names the key, what was
    given and what is allowed."""


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


def sentence(problem: Any, configuration: type[BaseModel]) -> str:
    """One line for one of the problems that pydantic found in a configuration of this type."""
    kind, given, context = problem["type"], problem["input"], problem.get("ctx", {})
    place = tuple(part for part in problem["loc"] if part != "[key]")
    key = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        allowed = ", ".join(_keys(_kind_at(place[:-1], configuration)))
        return f"config: {key}: unknown key; allowed: {allowed}"
    if kind == "missing":
        return f"config: {key}: missing; allowed: {_describe(_kind_at(place, configuration))}"
    if kind in _KINDS:
        allowed = _KINDS[kind]
    elif kind == "literal_error":
        allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    elif kind == "string_pattern_mismatch":
        allowed = f"names of the form {context['pattern']}"
    elif kind in ("too_short", "too_long"):
        allowed = "at least one entry"
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


def _kind_at(place: tuple[Any, ...], configuration: type[BaseModel]) -> Any:
    """The type that the configuration has at a place."""
    kind: Any = configuration
    for part in place:
        kind = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[part].annotation
        else:
            kind = typing.get_args(kind)[-1]
    return _bare(kind)


def _bare(kind: Any) -> Any:
    """A type without its constraints and without the None of an optional one."""
    while True:
        origin = typing.get_origin(kind)
        if origin is Annotated:
            kind = typing.get_args(kind)[0]
        elif origin in (typing.Union, types.UnionType):
            kind = next(part for part in typing.get_args(kind) if part is not type(None))
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
