"""A job opens under its preset's folder only what its rule declares.

Python's audit events tell of every file that Python code opens or lists. They do not tell

- what a library opens in C++ or Rust, as pyarrow and safetensors do with a path;
- what is only asked about (`exists`, `stat`), renamed or removed;
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

EVENTS = frozenset(("open", "os.listdir", "os.scandir"))


class UndeclaredError(RuntimeError):
    """A stage opens a file that its rule does not declare: a fault of ours."""


class _Guard:
    """What may be opened under a folder."""

    def __init__(self, folder: str, declared: Sequence[str]) -> None:
        self.folder = folder
        self.real_folder = os.path.realpath(folder)
        self.declared = frozenset(declared)
        # Outputs are written aside, under a hidden name, and renamed: `records.files.replacing`.
        self.aside = tuple(
            os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.") for path in declared
        )
        self.above = frozenset(parent for path in declared for parent in _parents(path))

    def check(self, event: str, path: str) -> None:
        """Raise UndeclaredError for what is not declared."""
        path = os.path.abspath(path)
        if path.startswith(self.real_folder + os.sep):  # the folder's name where links are resolved
            path = self.folder + path[len(self.real_folder) :]
        if not path.startswith(self.folder + os.sep):
            return
        if event != "open" and path in self.above:
            return
        if any(place in self.declared for place in (path, *_parents(path))):
            return
        if path.startswith(self.aside):
            return
        raise UndeclaredError(f"{path}: opened, and declared by no input or output of the rule")


_guards: list[_Guard] = []
_is_hooked = False


@contextmanager
def only(declared: Sequence[str | Path], folder: str | Path) -> Iterator[None]:
    """In the block, this process and what it forks may open only `declared` under `folder`: these
    files, what lies in these folders, and what is written aside for them."""
    global _is_hooked
    if not _is_hooked:
        sys.addaudithook(_hook)  # for good: hooks cannot be taken away
        _is_hooked = True
    guard = _Guard(os.path.abspath(folder), [os.path.abspath(path) for path in declared])
    _guards.append(guard)
    try:
        yield
    finally:
        _guards.remove(guard)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guards or event not in EVENTS or not arguments:
        return
    path = arguments[0]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    elif isinstance(path, os.PathLike):
        path = os.fspath(path)
    if isinstance(path, str):  # a number is a file that is open already
        for guard in _guards:
            guard.check(event, path)


def _parents(path: str) -> list[str]:
    """The folders that a path lies in, the nearest first."""
    parents = []
    while (parent := os.path.dirname(path)) != path:
        parents.append(path := parent)
    return parents
