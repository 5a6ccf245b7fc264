"""The catalogue's files: one TOML a benchmark, a data set or a model, under its name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from ..config.block import Block
from ..config.errors import key_of, sentence, unfit_text
from ..errors import disk_error
from ..records.files import RecordError

CATALOGUE = Path(__file__).parent
LARGEST = 1_000_000
"""bytes of an entry's file"""
KINDS = ("benchmarks", "datasets", "weights")
"""The folders of the catalogue."""
Entry = TypeVar("Entry", bound=Block)


def _stays_inside(pattern: str) -> str:
    if not pattern or pattern.startswith("/") or "\\" in pattern or ".." in pattern.split("/"):
        raise ValueError(f"given {pattern!r}; allowed: a pattern inside the source's folder")
    return pattern


Texts = Annotated[tuple[str, ...], Field(strict=False)]
"""A list of texts, which nobody can add to once it is read."""
Pattern = Annotated[str, AfterValidator(_stays_inside)]
"""Files of a source: a path inside its folder, in which a star stands for anything but a slash."""
Patterns = Annotated[tuple[Pattern, ...], Field(strict=False, min_length=1)]


def listed(kind: str) -> Iterator[tuple[str, Path]]:
    """Name and file of each entry of one kind, by name."""
    for path in sorted((CATALOGUE / kind).glob("*.toml")):
        yield path.stem, path


def parse(path: Path) -> dict[str, Any]:
    """What a TOML file holds. Raises RecordError, one line, for a file that is missing or none."""
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise RecordError(f"{path}: too large; allowed: {LARGEST:,} bytes")
        values = tomllib.loads(text.decode("utf-8"))
    except FileNotFoundError:
        raise RecordError(f"{path}: no such file") from None
    except (ValueError, OSError, RecursionError) as error:  # bad TOML, and not UTF-8
        refusal = RecordError(f"{path}: not a TOML file ({error})")
        raise disk_error(error, path) or refusal from None
    if line := unfit_text(values):
        raise RecordError(f"{path}: {line}")
    return values


def validate(path: Path, values: object, kind: type[Entry]) -> Entry:
    """The entry that a file's values make. Raises RecordError, one line, for the first key that is
    unknown, missing or of a wrong value."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", path.stem):
        raise RecordError(f"{path}: allowed: a name of small letters, digits, points and hyphens")
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        # An unknown key is often the reason why another is missing: name it first.
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise RecordError(f"{path}: {_told(problems[0], kind)}") from None


def read(path: Path, kind: type[Entry]) -> Entry:
    """The entry in a file. Raises RecordError, one line."""
    return validate(path, parse(path), kind)


def _told(problem: Any, kind: type[Block]) -> str:
    if problem["type"] == "value_error":  # of our own, whose message says it all
        place = key_of(part for part in problem["loc"] if part != "[key]")
        return ": ".join(filter(None, (place, str(problem["ctx"]["error"]))))
    return sentence(problem, kind).removeprefix("config: ")
