"""The checkpoints of a tuning: written aside, sealed, and taken up only where they are whole."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from ..runtime.digests import damage, seal
from ..runtime.reach_disk import reach_disk

UNFINISHED = "unfinished"
"""The folder, beside the checkpoints, in which one is written."""


def keep(written: Path, folder: Path) -> None:
    """Make what was written aside the one checkpoint of a folder, once all of it is on the disk."""
    seal(written)
    reach_disk([written])
    kept = folder / written.name
    written.rename(kept)
    reach_disk([folder])
    for other in _checkpoints(folder):
        if other != kept:
            shutil.rmtree(other)


def newest(folder: Path) -> Path | None:
    """The newest whole checkpoint of a folder. One that is not whole is removed, and a line says
    so; what was left unfinished is removed too."""
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
    for checkpoint in reversed(_checkpoints(folder)):
        amiss = damage(checkpoint)
        if amiss is None:
            return checkpoint
        then = "going on from the checkpoint before it, or from the start"
        print(f"{amiss}; {checkpoint} is removed: {then}", file=sys.stderr)
        shutil.rmtree(checkpoint)
    return None


def _checkpoints(folder: Path) -> list[Path]:
    return [folder / f"{PREFIX_CHECKPOINT_DIR}-{step}" for step in steps(folder)]


def steps(folder: Path) -> list[int]:
    """The steps after which the checkpoints of a folder were written, in their order."""
    names = [path.name.rpartition("-") for path in folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*")]
    return sorted(int(step) for _, _, step in names if step.isdecimal())
