"""What is looked at before a run submits its first job to SLURM: whether its paths survive the
submission, whether jobs of an earlier run live on, and whether a node has the GPUs that a job asks
for."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ..errors import UserError, naming
from .devices import DeviceError

ACTIVE = "$`\\%"
"""What a shell reads within double quotes, beside those, and SLURM in the name of a log."""


def check_paths(paths: Iterable[str | Path]) -> None:
    """Raise UserError, one line, for a path that a job of SLURM cannot have in its call.

    Snakemake's plugin puts the call into `sbatch --wrap="..."` and escapes double quotes alone, so
    that a command in a folder's name would run; and SLURM fills in the folder of the logs.
    """
    for path in paths:
        if given := set(ACTIVE) & set(str(path)):
            signs = " ".join(sign for sign in ACTIVE if sign in given)
            raise UserError(
                f"{path}: holds {signs}, which does not survive a submission to SLURM; move it to "
                f"a path without {' '.join(ACTIVE)}, or run without profiles/slurm"
            )


def succeed(record: Path, run: str) -> None:
    """Take the place of the run that used a preset before; its jobs carry its name.

    Jobs live on when the process that submitted them is killed, and would work on the same outputs
    as the new run's.

    Args:
        record: the file that holds the name of the preset's latest run.
        run: the name of this one.

    Raises UserError, one line, where jobs of the run before wait or work.
    """
    with naming(record):
        before = record.read_text("utf-8") if record.is_file() else None
        if before and (living := _asked("squeue", "--noheader", "--format=%i", "--name", before)):
            raise UserError(
                f"jobs of an earlier run live on in SLURM: {', '.join(living)}; wait until squeue "
                f"shows them no longer, or end them: scancel {' '.join(living)}"
            )
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(run, "utf-8")


def check_gpus(count: int) -> None:
    """Raise DeviceError, one line, if no node has `count` GPUs: one job uses one node."""
    most = max(map(_gpus, _asked("sinfo", "--noheader", "--Node", "--format=%G")), default=0)
    if most < count:
        raise DeviceError(
            f"{count} GPUs asked for by one job, {most} on the cluster's largest node (sinfo); "
            "lower `gpu` in the configuration's `jobs`: 0 computes on the CPU"
        )


def _gpus(resources: str) -> int:
    """The GPUs among a node's generic resources, such as gpu:a100:4(S:0-1),shard:8."""
    return sum(int(count) for count in re.findall(r"\bgpu(?::[^:,()]+)?:(\d+)", resources))


def _asked(*command: str) -> list[str]:
    """The lines that one of SLURM's commands answers."""
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        told = answer.stderr.strip().splitlines() or [f"it ended with code {answer.returncode}"]
        raise UserError(f"{command[0]}: {told[-1]}; run it by hand to see whether SLURM answers")
    return [line.strip() for line in answer.stdout.splitlines() if line.strip()]
