"""A file of the configuration, read strictly: what YAML lets pass and nobody means is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from ..errors import disk_error, how_to_get
from .errors import ConfigError

LARGEST = 1_000_000
"""bytes of a file"""
MOST = 100_000
"""values of a file, its aliases written out"""
DEEPEST = 32
"""groups within groups"""
_MERGE = "tag:yaml.org,2002:merge"
_DEEP = f"more than {DEEPEST} groups within groups"
_OTHER_BASE = re.compile(r"[-+]?(0[0-7_]+|[0-9_]+(:[0-9.]+)+)")
"""Octal, and to the base of 60, as YAML 1.1 has numbers."""


def read(path: Path) -> dict[str, Any]:
    """The values of a configuration's file, which is JSON or else YAML, as Snakemake reads it.

    Raises:
        ConfigError: the file is missing, damaged, not of keys with values, or can be read in two
            ways: one line with its name and, as far as it is known, the line.
    """
    with _named(path):
        text = _text(path, LARGEST)
        try:
            values = _json(text)
        except ValueError:
            values = _Loader(text).values()
        if not isinstance(values, dict):
            given = "nothing" if values is None else f"no keys but {str(values)[:20]!r}"
            raise _RefusedError(f"holds {given}; allowed: keys with values")
        if "__use_yte__" in values:
            raise _RefusedError("__use_yte__ runs code; allowed: plain values")
        return values


def read_json(path: Path, largest: int) -> Any:
    """The values of a JSON file of so many bytes at most, in which no key stands twice.

    Raises ConfigError, one line, for any other file.
    """
    with _named(path):
        try:
            return _json(_text(path, largest))
        except ValueError as error:
            raise _RefusedError(f"not JSON ({error})") from None


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Give a refusal the name of its file."""
    try:
        yield
    except _RefusedError as refusal:
        place = f"{path}, line {refusal.line}" if refusal.line else str(path)
        raise ConfigError(f"{place}: {refusal}") from None
    except RecursionError:
        raise ConfigError(f"{path}: {_DEEP}") from None


class _RefusedError(Exception):
    """Why a file is refused, and in which line, from 1; 0 where that is not known."""

    def __init__(self, reason: object, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


def _text(path: Path, largest: int) -> str:
    try:
        with path.open("rb") as stream:
            held = stream.read(largest + 1)
    except FileNotFoundError:
        raise _RefusedError(f"no such file; {how_to_get(path)}") from None
    except OSError as error:
        refusal = _RefusedError(f"not a readable file ({error.strerror})")
        raise disk_error(error, path) or refusal from None
    if len(held) > largest:
        raise _RefusedError(f"too large; allowed: {largest:,} bytes")
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = held.count(b"\n", 0, error.start) + 1
        raise _RefusedError(f"not UTF-8 (byte {error.start}); save it as UTF-8", line) from None


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_each_key_once)


def _each_key_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise _RefusedError(f"{key!r} stands twice; allowed: each key once")
        values[key] = value
    return values


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML's values, of a document whose keys stand once and whose aliases stay within bounds."""

    def __init__(self, text: str) -> None:
        try:
            super().__init__(text)
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            reason = f"holds the character U+{error.character:04X}; allowed: text without such"
            raise _RefusedError(reason, line) from None
        self.depth = 0

    def values(self) -> Any:
        """The document's values; None of an empty one."""
        try:
            document = self.get_single_node()
            if document is None:
                return None
            _weigh(document, {})
            for node in _nodes(document):
                self._check(node)
            return self.construct_document(document)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _RefusedError(
                f"not YAML: {error.problem}", mark.line + 1 if mark else 0
            ) from None

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node, unless it stands too deep."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise _RefusedError(_DEEP, self.peek_event().start_mark.line + 1)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _check(self, node: Any) -> None:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode) and node.tag != _MERGE:
            self._check_scalar(node, line)
        if not isinstance(node, yaml.MappingNode):
            return
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.tag not in ("tag:yaml.org,2002:str", _MERGE):
                given = f"{key.value!r}"[:20] if isinstance(key, yaml.ScalarNode) else "a group"
                raise _RefusedError(
                    f"given {given} for a key; allowed: text, or put it in quotes", line
                )
            if key.value in seen:
                first = f"first in line {seen[key.value]}"
                raise _RefusedError(
                    f"{key.value!r} stands twice, {first}; allowed: each key once", line
                )
            seen[key.value] = line

    def _check_scalar(self, node: Any, line: int) -> None:
        try:
            value = self.construct_object(node)
        except (ValueError, OverflowError) as error:
            raise _RefusedError(f"{node.value[:20]!r} is no value ({error})", line) from None
        if not node.style and not isinstance(value, str) and _OTHER_BASE.fullmatch(node.value):
            reason = f"{node.value} would be read as {value}; write that, or put it in quotes"
            raise _RefusedError(reason, line)


def _nodes(node: Any) -> Iterator[Any]:
    """A node and all below it, each once, whatever aliases it has."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += reversed(list(_below(node)))


def _below(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _weigh(node: Any, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values a node stands for, aliases written out, and how many groups stand within one
    another in it. Refuses more than a file may hold, and an alias within what it stands for."""
    line = node.start_mark.line + 1
    if id(node) not in known:
        known[id(node)] = (0, 0)  # not known yet
        parts = [_weigh(part, known) for part in _below(node)]
        values = 1 + sum(values for values, _ in parts)
        known[id(node)] = values, 1 + max((depth for _, depth in parts), default=0)
    values, depth = known[id(node)]
    if not values:
        raise _RefusedError("an alias stands within what it stands for", line)
    if values > MOST:
        raise _RefusedError(f"aliases stand for more than {MOST:,} values", line)
    if depth > DEEPEST:
        raise _RefusedError(_DEEP, line)
    return values, depth
