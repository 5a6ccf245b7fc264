"""`sources.lock`: the revision, files, bytes and digests that every fetch is held to."""

from __future__ import annotations

import fnmatch
import hashlib
import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from ..catalogue.sources import WEIGHTS, Source
from ..config.block import Block, Bytes
from ..config.errors import ConfigError, unfit_text
from ..config.reading import read_json
from ..records.files import RecordError, digest, replacing
from .images import leads_out

LARGEST = 100_000_000
"""bytes of a lock"""
Revision = Annotated[str, Field(pattern="^([0-9a-f]{40})?$")]


class SourceError(RecordError):
    """A source cannot be had as the lock wants it; the message is one line a user can act on."""


class AbsentError(SourceError):
    """A source's file is not to be had where it was asked for; another place may have it. The
    message does not say what to do, which depends on who asks.

    gate: the page that grants access; empty where it is open.
    """

    def __init__(self, message: str, gate: str = "") -> None:
        super().__init__(message)
        self.gate = gate


class UnreachableError(AbsentError):
    """The hub cannot be reached, whatever is asked of it.

    told: why, in words.
    """

    def __init__(self, where: str, told: str) -> None:
        super().__init__(f"{where}: {told}")
        self.told = told


class Pinned(Block):
    """One file: its length in bytes and the sha256 of its content."""

    bytes: Bytes
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Pin(Block):
    """One source: its revision (empty for plain web files, which have none) and its files."""

    revision: Revision
    files: dict[str, Pinned]

    @property
    def bytes(self) -> int:
        """All files together."""
        return sum(file.bytes for file in self.files.values())

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that differ between pins."""
        text = json.dumps(self.model_dump(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_PINS = TypeAdapter(dict[str, Pin])


def read(path: Path) -> dict[str, Pin]:
    """The pins of a lock file by source; none where there is no such file.

    Raises RecordError, one line, where it is not of a lock's form, or a file leads out of its
    source's folder.
    """
    if not path.exists():
        return {}
    try:
        values = read_json(path, LARGEST)
    except ConfigError as error:
        raise RecordError(str(error)) from None
    if line := unfit_text(values):
        raise RecordError(f"{path}: {line}")
    try:
        pins = _PINS.validate_python(values)
    except ValidationError as error:
        problem = error.errors()[0]
        line = ": ".join(str(part) for part in (path, *problem["loc"], problem["msg"]))
        raise RecordError(line) from None
    for name, pinned in pins.items():
        if outside := next(filter(leads_out, pinned.files), None):
            reason = "is refused: not a path inside the source's folder"
            raise SourceError(f"{path}: {name}: {outside!r} {reason}")
    return pins


def is_lock(path: Path) -> bool:
    """Whether a file is a lock; raises RecordError with what is wrong where it is not."""
    read(path)
    return True


def write(path: Path, pins: dict[str, Pin]) -> None:
    """Write a lock file: sorted, one value a line, so that a change shows as what it is."""
    entries = {name: pin.model_dump() for name, pin in pins.items()}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n", "utf-8")


def entry(path: Path, name: str, source: Source) -> Pin:
    """The pin of a source, checked to name only files that may be fetched.

    Raises SourceError where there is none, or where a file could run code; and as `read`.
    """
    pins = read(path)
    if name not in pins:
        raise SourceError(
            f"{path}: no entry for {name}, so nothing is fetched; "
            f"on a machine with a network: downscaling pin {name}"
        )
    for file in pins[name].files:
        if problem := refusal(file, source):
            raise SourceError(f"{path}: {name}: {file!r} is refused: {problem}")
    return pins[name]


def refusal(file: str, source: Source) -> str:
    """Why a file of a source may not be fetched; empty where it may."""
    if leads_out(file):
        return "not a path inside the source's folder"
    if source.kind == "weights" and not any(fnmatch.fnmatchcase(file, form) for form in WEIGHTS):
        return "of a model only safetensors, JSON and text are taken, nothing that can run code"
    return ""


def measured(file: Path) -> Pinned:
    """Length and digest of a file."""
    return Pinned(bytes=file.stat().st_size, sha256=digest(file))


def holds(file: Path, pinned: Pinned) -> bool:
    """Whether a file is there and is the pinned one."""
    return file.is_file() and file.stat().st_size == pinned.bytes and measured(file) == pinned


def check(file: Path, pinned: Pinned, origin: str) -> None:
    """Remove a file that is not the pinned one, and raise SourceError.

    origin: the address or page that it came from.
    """
    actual = measured(file)
    if actual == pinned:
        return
    file.unlink()
    what = "bytes" if actual.bytes != pinned.bytes else "sha256"
    raise SourceError(
        f"{origin}: refused and removed: {what} {getattr(actual, what)}, where the lock has "
        f"{getattr(pinned, what)}; if upstream meant to change it, pin it anew"
    )
