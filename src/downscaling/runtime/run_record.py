"""The record of a job: what it was asked, what went in, what came out. The same job has the same
record, to the byte. Its rule declares it as an output, so a record that lies there is that of the
job whose outputs lie there."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import sys
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, with_config

from .record_files import read_record, write_record

LIBRARIES = (
    *("torch", "transformers", "peft", "numpy", "pyarrow", "datasets"),
    *("scikit-learn", "statsmodels", "matplotlib"),
)


@with_config(ConfigDict(extra="forbid", strict=True))
@dataclasses.dataclass(frozen=True)
class RunRecord:
    """What a job's record says.

    Attributes:
        stage: the module of `stages`.
        version: of this package.
        settings: all that decided the result beside the inputs.
        code: the digest of the stage's code.
        modules: the modules of this package that the job had imported at its end.
        inputs, outputs: by name, the sha256 of each path; "" where the path is measured.
        libraries: their versions, of those that the job imported.
        results: what the stage says of its work.
    """

    stage: str
    version: str
    settings: dict[str, Any]
    code: str
    modules: list[str]
    inputs: dict[str, dict[str, str]]
    outputs: dict[str, dict[str, str]]
    libraries: dict[str, str]
    results: dict[str, Any]

    @property
    def paths_read(self) -> dict[str, str]:
        """The sha256 of each input."""
        return {path: sha256 for named in self.inputs.values() for path, sha256 in named.items()}

    @property
    def paths_written(self) -> dict[str, str]:
        """The sha256 of each output."""
        return {path: sha256 for named in self.outputs.values() for path, sha256 in named.items()}


def write(path: Path, record: RunRecord) -> None:
    """Write a record, whole or not at all."""
    write_record(path, record)


def read(path: Path) -> RunRecord:
    """The record in a file. Raises RecordError where there is none, or it is of another form."""
    return read_record(path, RunRecord, "the record of a job")


def versions() -> dict[str, str]:
    """The versions of the libraries that this process has imported."""
    modules = {"scikit-learn": "sklearn"}
    used = [name for name in LIBRARIES if modules.get(name, name) in sys.modules]
    return {name: importlib.metadata.version(name) for name in used}
