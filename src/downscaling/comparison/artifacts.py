"""The artifacts of a finished study: every file that its jobs made, in the order of the graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..records.files import RecordError, digest
from ..runtime.digests import THREADS, SealedFile, manifest
from ..study.paths import is_measured
from .results_folder import ResultsFolder


@dataclass(frozen=True)
class Artifact:
    """A file that a job made. `path` starts from the preset's folder."""

    job: str
    path: str
    bytes: int
    sha256: str


def artifacts(folder: ResultsFolder) -> list[Artifact]:
    """Every computed file that the study's jobs made, and whatever else lies in a folder that one
    of them made. Measurements, job records and hidden files are left out, and so is the crate.

    Raises RecordError for an unfinished study.
    """
    listed = [
        (job, path)
        for job, record in folder.records.items()
        for made in record.paths_written
        for path in _files(folder.file(made), folder.root)
        if not is_measured(path)
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda one: _artifact(folder.root, *one), listed))


def as_made(folder: ResultsFolder, artifact: Artifact) -> bool:
    """Whether a file is what its job wrote: what the job's record says, or the manifest of the
    folder in which it lies."""
    for made, sha256 in folder.records[artifact.job].paths_written.items():
        inside = folder.inside(made)
        if inside == artifact.path:
            return sha256 == artifact.sha256
        if artifact.path.startswith(inside):
            entry = _manifest(folder.root / inside).get(artifact.path.removeprefix(inside))
            if isinstance(entry, SealedFile):
                return entry.sha256 == artifact.sha256
            return entry is not None
    return False


def check_whole(folder: ResultsFolder, found: Sequence[Artifact]) -> None:
    """Raise RecordError where a file that a job made is missing, or is not what the job wrote."""
    there = {artifact.path for artifact in found}
    for record in folder.records.values():
        for made in map(folder.inside, record.paths_written):
            names = _manifest(folder.root / made) if made.endswith("/") else [""]
            for path in (made + name for name in names if not _is_hidden(name)):
                if path not in there and not is_measured(path):
                    raise RecordError(f"{folder.root / path}: missing; make it with snakemake")
    for artifact in found:
        if not as_made(folder, artifact):
            raise RecordError(
                f"{folder.root / artifact.path}: not what its job wrote; delete it and make it anew"
            )


_manifest = cache(manifest)


def _files(made: Path, root: Path) -> Iterator[str]:
    """What a job made, file by file, as far as it is there."""
    files = sorted(made.rglob("*")) if made.is_dir() else [made]
    for file in files:
        if file.is_file() and not _is_hidden(file.name):
            yield file.relative_to(root).as_posix()


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(".")


def _artifact(root: Path, job: str, path: str) -> Artifact:
    file = root / path
    return Artifact(job, path, file.stat().st_size, digest(file))
