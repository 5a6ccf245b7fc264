"""What is wrong with a file, and how it is told."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..study.command import command as snakemake


class Kind(StrEnum):
    """What may be wrong with a file."""

    MISSING = "missing"
    TRUNCATED = "truncated"
    CHANGED = "changed"
    SWAPPED = "swapped"
    UNKNOWN = "unknown"
    OUTDATED = "outdated"
    """of a job's record: the job had other settings, read other files, or made others"""
    NOT_RUN = "not run"
    """of a preset's folder: most of its results are missing"""


@dataclass(frozen=True)
class Finding:
    """A file that is not as it should be.

    Attributes:
        path: it, as the study names it.
        kind: what is wrong.
        said: the same in words.
        job: who made it, or read it where no job makes it; "" where nobody did.
        target: what Snakemake has to make anew; "" where it can make nothing.
        remedy: what to do where it is not to make the target anew.
    """

    path: str
    kind: Kind
    said: str
    job: str = ""
    target: str = ""
    remedy: str = ""

    @property
    def line(self) -> str:
        """What, where, what to do."""
        return f"{self.path}: {self.said}; {self.remedy or f'make {self.target} anew'}"


def command(findings: Sequence[Finding], overlays: Sequence[Path]) -> str:
    """The command that makes anew all that a job can mend; "" where none can."""
    targets = dict.fromkeys(finding.target for finding in findings if finding.target)
    return snakemake(overlays, "--forcerun", *targets) if targets else ""


def as_text(preset: str, findings: Sequence[Finding], overlays: Sequence[Path]) -> str:
    """A line for each finding, a line that counts them, and the command that mends them."""
    if not findings:
        return f"{preset}: every file is what its job made"
    lines = [finding.line for finding in _under(overlays, findings)]
    if len(lines) > 1:
        lines.append(f"{preset}: {len(findings)} found")
    if mending := command(findings, overlays):
        lines.append(f"make anew what a job made: {mending}")
    return "\n".join(lines)


def as_json(preset: str, findings: Sequence[Finding], overlays: Sequence[Path]) -> str:
    """For programs: `preset`, `is_good`, the `command` that mends, and a row for each finding."""
    values = {
        "preset": preset,
        "is_good": not findings,
        "command": command(findings, overlays),
        "findings": [dataclasses.asdict(finding) for finding in _under(overlays, findings)],
    }
    return json.dumps(values, indent=1, ensure_ascii=False)


def _under(overlays: Sequence[Path], findings: Sequence[Finding]) -> list[Finding]:
    """The findings, of which one that a preset was not run says how its overlays are run: what it
    says otherwise is for the default study alone."""
    run = snakemake(overlays)
    return [
        dataclasses.replace(one, remedy=run) if overlays and one.kind == Kind.NOT_RUN else one
        for one in findings
    ]
