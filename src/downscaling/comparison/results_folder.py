"""A finished results folder: its configuration, and its jobs in the order of the graph."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import disk_error
from ..records.files import RecordError, digest
from ..runtime import run_record
from ..runtime.run_record import RunRecord
from ..study.paths import Paths

SCORES = "scores"
"""The part of a preset's folder that may be compared alone, as where git alone brought results."""


@dataclass(frozen=True)
class JobNote:
    """A job: what decided its results beside its inputs. `settings` is the sha256 of the settings,
    `libraries` are their versions."""

    job: str
    code: str
    settings: str
    libraries: str


@dataclass(frozen=True)
class ResultsFolder:
    """A preset's folder, wherever it lies and whatever it is called now. `part` is the folder in it
    that alone is looked at; "" for all of it."""

    root: Path
    part: str = ""

    @classmethod
    def named(cls, folder: Path) -> ResultsFolder:
        """The folder that a user names, or of it the scores alone: of `results/x/scores`."""
        above = folder.absolute().parent
        if folder.absolute().name == SCORES and (above / _CONFIGURATION).is_file():
            return cls(folder.parent if folder.name else above, SCORES)
        return cls(folder)

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """All values that the study was given. Raises RecordError where the folder holds none."""
        file = self.root / _CONFIGURATION
        try:
            values = json.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            if failed := disk_error(error, file):
                raise failed from None
            values = None
        if not isinstance(values, dict) or not isinstance(values.get("preset"), str):
            raise RecordError(
                f"{self.root}: no finished study ({_CONFIGURATION} is missing or damaged); "
                "finish it with snakemake"
            )
        return values

    @cached_property
    def paths(self) -> Paths:
        """The paths of the preset, as its records spell them."""
        return Paths(self.configuration["preset"])

    @property
    def seeds(self) -> list[str]:
        """The seeds of the study."""
        return [str(seed) for seed in self.configuration["seeds"]]

    def inside(self, path: str) -> str:
        """A path of the records from the preset's folder."""
        return path.removeprefix(self.paths.under(""))

    def file(self, path: str) -> Path:
        """Where a path of the records lies now."""
        return self.root / self.inside(path)

    def record(self, job: str) -> RunRecord:
        """The record of a job. Raises RecordError where there is none."""
        return run_record.read(self.file(self.paths.job(job).record))

    @cached_property
    def records(self) -> dict[str, RunRecord]:
        """The record of each job by its name, in the order of the graph; without the crate's, which
        tells of all others and so says which they are. Raises RecordError where one is missing or
        was written since: the study was begun anew and not finished."""
        first, last = self.paths.job("\n").record.split("\n")
        records = {}
        for path, sha256 in self.record("crate").inputs["records"].items():
            file = self.file(path)
            records[path.removeprefix(first).removesuffix(last)] = run_record.read(file)
            if digest(file) != sha256:
                raise RecordError(
                    f"{file}: not the record that the finished study had; "
                    "finish the study anew with snakemake"
                )
        return records

    def notes(self) -> list[JobNote]:
        """What decided the results of each job, in the order of the graph."""
        return [
            JobNote(
                name,
                record.code,
                hashlib.sha256(json.dumps(record.settings, sort_keys=True).encode()).hexdigest(),
                ", ".join(f"{name} {version}" for name, version in record.libraries.items()),
            )
            for name, record in self.records.items()
        ]


_UNNAMED = Paths("")
_CONFIGURATION = _UNNAMED.workflow("configuration.json").removeprefix(_UNNAMED.under(""))
"""Where a preset's folder holds its configuration."""
