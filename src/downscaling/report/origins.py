"""Where results come from: the jobs of the configuration, by their records."""

from __future__ import annotations

import dataclasses
import json
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ..runtime.run_record import read
from ..study.paths import Paths

COMPUTES = ("Snakefile", "workflow", "src", "config.yaml", "presets", "backbones", "sources.lock")
"""The parts of a clone that decide what a run computes."""


@dataclasses.dataclass
class Command:
    """One job. `record` is its record, from the preset's folder; `text` is the command that makes
    its results anew, `settings` what decided them; `inputs` and `outputs` are paths with their
    sha256, "" of what is measured; `read` and `made` are those under the preset's folder, from
    there. Folders end in a slash."""

    place: int
    record: str
    stage: str
    text: str
    settings: str
    read: list[str]
    made: list[str]
    inputs: dict[str, str]
    outputs: dict[str, str]
    tokens: int


class Origins:
    """The jobs behind a preset's results, and the libraries that they used."""

    def __init__(self, records: Iterable[Path], root: Path) -> None:
        """Read the records of these jobs. Raises RecordError for a file that is no record."""
        self.root = root
        self.commands: list[Command] = []
        self.libraries: dict[str, set[str]] = {}
        self._maker: dict[str, Command] = {}
        # The configuration that the crate keeps: whichever preset and overlays it came from.
        configuration = Paths(root.name).workflow("configuration.json")
        begin = ["snakemake", "--cores", "all", "--configfile", configuration]
        for place, file in enumerate(records):
            record = read(file)
            command = Command(
                place=place,
                record=self.inside(str(file)),
                stage=record.stage,
                text=shlex.join([*begin, "--force", str(file)]),
                settings=json.dumps(record.settings, indent=1, ensure_ascii=False, sort_keys=True),
                read=self._under(record.paths_read),
                made=self._under(record.paths_written),
                inputs=record.paths_read,
                outputs=record.paths_written,
                tokens=int(record.results.get("tokens", 0)),
            )
            self.commands.append(command)
            self._maker |= dict.fromkeys(command.made, command)
            for name, version in record.libraries.items():
                self.libraries.setdefault(name, set()).add(version)

    def inside(self, path: str) -> str:
        """A path from the preset's folder; one that lies elsewhere as it is."""
        return path.removeprefix(f"{self.root.as_posix()}/")

    def _under(self, paths: Iterable[str]) -> list[str]:
        return [self.inside(path) for path in paths if self.inside(path) != path]

    def of(self, path: str) -> Command | None:
        """The job that made a file, by its path from the preset's folder."""
        return self._maker.get(path)

    def tokens(self, stage: str) -> int:
        """The tokens that a stage's records speak of."""
        return sum(command.tokens for command in self.commands if command.stage == stage)


def commit(folder: Path) -> str:
    """The commit of the clone that holds `folder`, with ", edited" where what computes differs from
    it; "" where it is none or git is not there. A run writes results, which are no edit."""
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top:
        return ""
    head = _git(Path(top), "rev-parse", "HEAD")
    changed = _git(Path(top), "status", "--porcelain", "--untracked-files=no", "--", *COMPUTES)
    return f"{head}, edited" if changed else head


def _git(folder: Path, *words: str) -> str:
    """What git says; "" where it fails, or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
