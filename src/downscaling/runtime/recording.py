"""What is kept of a job when it ends well: its record, and its measurement. Before it begins, what
it reads is held against the records of the jobs that made it."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from .. import __version__
from ..records.files import RecordError
from ..study.paths import is_measured
from . import measurement, run_record
from .digests import MANIFEST, digest, digests, faults, seal
from .measurement import Measurement
from .reach_disk import reach_disk
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
    makers: Mapping[str, str] | None = None,
    strict: bool = False,
) -> Iterator[Told]:
    """Check the inputs. When the block ends well, seal the folders among the outputs, wait until
    all outputs are on the disk, and write the job's record and its measurement, with what the block
    puts into the yielded `Told`.

    Args:
        root: the preset's folder. The digest of what is measured goes into the measurement, so that
            the record is the same each time.
        makers: by input, the record of the job that made it, or the measurement where the input is
            measured; nothing for what no job made.
        strict: hash every file of folders that are read, not those alone whose dates or sizes say
            that they were changed.

    Raises RecordError for an input that is not what its job made, or changes during the block.
    """
    states = {path: _state(path) for paths in inputs.values() for path in paths}
    read = _digests(inputs)
    _check(read, makers or {}, root, strict)
    started, since, told = measurement.now(), time.monotonic(), Told()
    yield told
    seconds = round(time.monotonic() - since, 2)
    ended, memory, device = measurement.now(), measurement.memory(), measurement.device()
    _check_unchanged(read, states)
    written = [path for paths in outputs.values() for path in paths]
    for path in written:
        if path.is_dir():
            seal(path)
    reach_disk(written)
    made = _digests(outputs)
    found = _flat(read) | _flat(made)
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


def _check(
    read: Mapping[str, Mapping[str, str]], makers: Mapping[str, str], root: Path, strict: bool
) -> None:
    """Raise RecordError for an input that is not what its job's record says, or that lies in a
    folder which is no longer as it was sealed."""
    made = cache(_made)  # a job makes many files
    for path, sha256 in _flat(read).items():
        maker = makers.get(path.rstrip("/"))
        if maker is not None and sha256 != made(Path(maker), _is_measured(path, root)).get(path):
            raise RecordError(
                f"{path}: not what its job made (its sha256 is not that in {maker}); "
                f"make it anew: run snakemake again with --forcerun {path.rstrip('/')}"
            )
    for path in filter(_is_sealed, _flat(read)):
        for fault in faults(Path(path), in_full=strict):
            raise RecordError(
                f"{path}{fault.path}: {fault.said} since the folder was sealed; "
                f"make it anew: run snakemake again with --forcerun {path.rstrip('/')}"
            )


def _made(maker: Path, measured: bool) -> Mapping[str, str]:
    """The sha256 of each output as the job that made it wrote down, of those that are measured, or
    of the others."""
    return measurement.read(maker).digests if measured else run_record.read(maker).paths_written


def _check_unchanged(
    read: Mapping[str, Mapping[str, str]], states: Mapping[Path, tuple[int, ...]]
) -> None:
    """Raise RecordError for an input that is not what it was when the job began."""
    for path, sha256 in _flat(read).items():
        file = Path(path)
        if _state(file) != states[file] and digest(file) != sha256:
            raise RecordError(f"{path}: changed while a job read it; run the job again")


def _state(path: Path) -> tuple[int, ...]:
    """What tells without reading it that a file, or a sealed folder, may have changed."""
    status = (path / MANIFEST if _is_sealed(path) else path).stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _is_sealed(path: str | Path) -> bool:
    return Path(path, MANIFEST).is_file()


def _flat(named: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {path: sha256 for paths in named.values() for path, sha256 in paths.items()}


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
