"""A job opens under its preset's folder only what its rule declares, and changes no input.

Python's audit events tell of every file that Python code opens or lists, and of every name that it
links, moves or removes. They do not tell

- what a library opens in C++ or Rust, as pyarrow and safetensors do with a path;
- what is only asked about (`exists`, `stat`);
- what another program opens that the job starts. Processes that it forks are watched too;
- what is opened by a name that is relative to an open folder (`dir_fd`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

READS = frozenset(("open", "os.listdir", "os.scandir"))
CHANGES = {
    "open": (0,),
    "os.link": (1,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.truncate": (0,),
}
"""The events by which files change, each with the places of their names among its arguments."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class UndeclaredError(RuntimeError):
    """A stage opens a file that its rule does not declare, or changes an input: a fault of ours."""


class _Guard:
    """What may be opened and changed under a folder."""

    def __init__(self, folder: str, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        self.folder = folder
        self.real_folder = os.path.realpath(folder)
        self.inputs, self.outputs = frozenset(inputs), frozenset(outputs)
        # Outputs are written aside, under a hidden name, and renamed: `records.files.replacing`.
        self.aside = tuple(
            os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.") for path in outputs
        )
        self.above = frozenset(parent for path in (*inputs, *outputs) for parent in _parents(path))

    def check(self, event: str, path: str) -> None:
        """Raise UndeclaredError for what is opened or listed and not declared."""
        path = self._named(path)
        if not path.startswith(self.folder + os.sep) or self._is_output(path):
            return
        if event != "open" and path in self.above:
            return
        if _lies_in(path, self.inputs):
            return
        raise UndeclaredError(f"{path}: opened, and declared by no input or output of the rule")

    def check_change(self, path: str) -> None:
        """Raise UndeclaredError where an input is written, moved or removed."""
        path = self._named(path)
        if _lies_in(path, self.inputs) and not self._is_output(path):
            raise UndeclaredError(f"{path}: changed, and an input of the rule")

    def _named(self, path: str) -> str:
        """A path as the declared ones are named: the folder's own name where links are resolved."""
        path = os.path.abspath(path)
        if path.startswith(self.real_folder + os.sep):
            path = self.folder + path[len(self.real_folder) :]
        return path

    def _is_output(self, path: str) -> bool:
        return _lies_in(path, self.outputs) or path.startswith(self.aside)


_guards: list[_Guard] = []
_is_hooked = False


@contextmanager
def only(
    inputs: Sequence[str | Path], outputs: Sequence[str | Path], folder: str | Path
) -> Iterator[None]:
    """In the block, this process and what it forks may open only inputs and outputs under `folder`:
    these files, what lies in these folders, and what is written aside for outputs. It may change
    inputs nowhere."""
    global _is_hooked
    if not _is_hooked:
        sys.addaudithook(_hook)  # for good: hooks cannot be taken away
        _is_hooked = True
    read, made = ([os.path.abspath(path) for path in paths] for paths in (inputs, outputs))
    guard = _Guard(os.path.abspath(folder), read, made)
    _guards.append(guard)
    try:
        yield
    finally:
        _guards.remove(guard)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guards or not arguments:
        return
    if event in READS and (path := _text(arguments[0])):
        for guard in _guards:
            guard.check(event, path)
    if event in CHANGES and (event != "open" or arguments[2] & WRITES):
        for path in filter(None, (_text(arguments[place]) for place in CHANGES[event])):
            for guard in _guards:
                guard.check_change(path)


def _text(path: Any) -> str:
    """A path as text; "" for a number, which is a file that is open already."""
    return os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""


def _lies_in(path: str, places: frozenset[str]) -> bool:
    """Whether a path is one of these, or lies in one."""
    return any(place in places for place in (path, *_parents(path)))


def _parents(path: str) -> list[str]:
    """The folders that a path lies in, the nearest first."""
    parents = []
    while (parent := os.path.dirname(path)) != path:
        parents.append(path := parent)
    return parents
