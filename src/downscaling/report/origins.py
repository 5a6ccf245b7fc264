"""Where results come from: the records beside them, gathered by the command that made them."""

from __future__ import annotations

import dataclasses
import datetime
import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ..records.files import RecordError

SUFFIX = ".run.json"
TOGETHER = {
    "scores/scores.parquet": "scores/scores.csv",
    "scores/differences.csv": "scores/scores.csv",
    "scores/readers.csv": "scores/scores.csv",
    "scores/summary.json": "scores/scores.csv",
    "audit/audit.txt": "audit/audit.json",
}
"""Results whose record lies beside another that the same command made."""

_PASSED_OVER = ("images", "logs", "timings", "report", ".snakemake")


class Record(BaseModel):
    """What a `run.json` says; see `provenance.recorded`."""

    verb: str
    version: str
    command: list[str]
    params: dict[str, Any]
    inputs: dict[str, str]
    libraries: dict[str, str]
    device: str
    started: datetime.datetime | None = None
    seconds: float
    tokens: int = 0


@dataclasses.dataclass
class Command:
    """One command with all that it made. `seconds` and `tokens` are those of its outputs together;
    `inputs` are paths with the sha256 that they had; `times` are when it started and ended, as far
    as its records say so."""

    place: int
    verb: str
    text: str
    made: list[str]
    inputs: dict[str, str]
    seconds: float
    tokens: int
    times: list[datetime.datetime]


class Origins:
    """The commands behind a preset's results, and what they ran on."""

    def __init__(self, root: Path) -> None:
        """Read every record under `root`. Raises RecordError for one that is none."""
        self.commands: list[Command] = []
        self.libraries: dict[str, set[str]] = {}
        self.devices: dict[str, int] = {}
        self._maker: dict[str, Command] = {}
        known: dict[str, Command] = {}
        for path in sorted(_records(root)):
            record = _read(path)
            text = shlex.join(record.command)
            command = known.get(text)
            if command is None:
                command = Command(len(known), record.verb, text, [], {}, 0.0, 0, [])
                known[text] = command
                self.devices[record.device] = self.devices.get(record.device, 0) + 1
            made = path.relative_to(root).as_posix().removesuffix(SUFFIX)
            command.made.append(made)
            command.inputs |= record.inputs
            command.seconds += record.seconds
            command.tokens += record.tokens
            if record.started:
                ended = record.started + datetime.timedelta(seconds=round(record.seconds))
                command.times += [record.started, ended]
            self._maker[made] = command
            for name, version in record.libraries.items():
                self.libraries.setdefault(name, set()).add(version)
        self.commands = list(known.values())

    def of(self, path: str) -> Command | None:
        """The command that made a file, by its path under the preset's folder; pictures and data of
        one figure share a record."""
        found = self._maker.get(TOGETHER.get(path, path))
        return found or self._maker.get(os.path.splitext(path)[0])

    def tokens(self, verb: str) -> int:
        """The tokens that a verb's records speak of."""
        return sum(command.tokens for command in self.commands if command.verb == verb)


def _records(root: Path) -> Iterator[Path]:
    """Records of results; downloaded sets (below raw/) may hold files of the same name."""
    for folder, inner, files in os.walk(root):
        here = Path(folder)
        inner[:] = [] if here == root / "raw" else [n for n in inner if n not in _PASSED_OVER]
        yield from (here / name for name in files if name.endswith(SUFFIX))


def _read(path: Path) -> Record:
    try:
        return Record.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise RecordError(f"{path}: no record of a run ({error.error_count()} faults)") from error


def commit(folder: Path) -> str:
    """The commit of the clone that holds `folder`, "" where it is none or git is not there."""
    asked = ["git", "-C", str(folder), "describe", "--always", "--abbrev=40", "--dirty=, edited"]
    try:
        done = subprocess.run(
            [*asked, "--exclude=*"], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def shared(values: Iterable[str]) -> str:
    """Values as one line, in order."""
    return ", ".join(sorted(values))
