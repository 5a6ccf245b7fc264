"""What is kept of a job when it ends well: its record, and its measurement."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .. import __version__
from ..study.paths import is_measured
from . import measurement, run_record
from .digests import digests, seal
from .measurement import Measurement
from .run_record import RunRecord, versions

Paths = Mapping[str, list[Path]]


@dataclasses.dataclass
class Told:
    """What a job says of its work: `results` of what it computed, `seconds_of` of each output."""

    results: dict[str, Any] = dataclasses.field(default_factory=dict)
    seconds_of: dict[str, float] = dataclasses.field(default_factory=dict)


@contextmanager
def recorded(
    stage: str,
    settings: str,
    code: str,
    root: Path,
    inputs: Paths,
    outputs: Paths,
    record: Path,
    measured: Path,
) -> Iterator[Told]:
    """Seal the folders among the outputs when the block ends well, and write the job's record and
    its measurement, with what the block puts into the yielded `Told`.

    root: the preset's folder. The digest of what is measured goes into the measurement, so that
    the record is the same each time.
    """
    started, since, told = measurement.now(), time.monotonic(), Told()
    yield told
    seconds = round(time.monotonic() - since, 2)
    ended, memory, device = measurement.now(), measurement.memory(), measurement.device()
    for path in (path for paths in outputs.values() for path in paths):
        if path.is_dir():
            seal(path)
    read, made = _digests(inputs), _digests(outputs)
    found = {
        path: sha256 for named in (*read.values(), *made.values()) for path, sha256 in named.items()
    }
    own = RunRecord(
        stage=stage,
        version=__version__,
        settings=json.loads(settings),
        code=code,
        modules=sorted(name for name in sys.modules if name.startswith("downscaling.")),
        inputs=_computed(read, root),
        outputs=_computed(made, root),
        libraries=versions(),
        results=told.results,
    )
    taken = Measurement(
        stage=stage,
        host=platform.node(),
        device=device,
        python=platform.python_version(),
        started=started.isoformat(),
        ended=ended.isoformat(),
        seconds=seconds,
        memory=memory,
        seconds_of=told.seconds_of,
        digests={path: sha256 for path, sha256 in found.items() if _is_measured(path, root)},
    )
    measurement.write(measured, taken)
    run_record.write(record, own)


def _digests(files: Paths) -> dict[str, dict[str, str]]:
    return {name: digests(paths) for name, paths in files.items() if paths}


def _computed(files: Mapping[str, dict[str, str]], root: Path) -> dict[str, dict[str, str]]:
    """Digests, without those of what is measured."""
    return {
        name: {path: "" if _is_measured(path, root) else sha256 for path, sha256 in named.items()}
        for name, named in files.items()
    }


def _is_measured(path: str, root: Path) -> bool:
    inside = os.path.relpath(path, root)
    return not inside.startswith(os.pardir) and is_measured(inside)
