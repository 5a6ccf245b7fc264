"""JSON files that hold one record of a fixed form: what a job computed, or what it took."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from ..records.files import NoFileError, RecordError, replacing

Kind = TypeVar("Kind")


def write_record(path: Path, record: Any) -> None:
    """Write a dataclass, whole or not at all, a loss of power included."""
    text = json.dumps(dataclasses.asdict(record), indent=1, ensure_ascii=False)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_record(path: Path, kind: type[Kind], what: str) -> Kind:
    """The record in a file. Raises RecordError where there is none, or it is no `what`."""
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except FileNotFoundError:
        raise NoFileError(path) from None
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        said = f"{place}: {problem['msg']}" if place else problem["msg"]
        raise RecordError(f"{path}: not {what} ({said}); delete it") from None
