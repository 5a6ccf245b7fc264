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
from .results_folder import SCORES, ResultsFolder


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

    Raises RecordError for an unfinished study: a file that a job made is missing.
    """
    _check_finished(folder)
    listed = [
        (job, path)
        for job, made in _results(folder)
        for path in _files(folder.root / made, folder.root)
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


def check_as_made(folder: ResultsFolder, found: Sequence[Artifact]) -> None:
    """Raise RecordError where a file is not what its job wrote."""
    for artifact in found:
        if not as_made(folder, artifact):
            raise RecordError(
                f"{folder.root / artifact.path}: not what its job wrote; delete it and make it anew"
            )


def _check_finished(folder: ResultsFolder) -> None:
    """Raise RecordError where results are missing: in a clone that git brought the small ones, in a
    run that was killed, or where somebody deleted some. Scores of such a study may be of another
    run than the rest."""
    results = [made for _, made in _results(folder)]
    missing = list(filter(None, (_first_missing(folder.root, made) for made in results)))
    if missing:
        alone = f", or name its scores alone: downscaling compare {folder.root / SCORES}"
        raise RecordError(
            f"{folder.root}: unfinished: {len(missing):,} of {len(results):,} results are missing, "
            f"{missing[0]} the first; finish it (make study){'' if folder.part else alone}"
        )


def _results(folder: ResultsFolder) -> Iterator[tuple[str, str]]:
    """What each job made, from the preset's folder, in the order of the graph: files, and sealed
    folders, whose names end in a slash."""
    for job, record in folder.records.items():
        for made in map(folder.inside, record.paths_written):
            if not is_measured(made) and made.startswith(folder.part):
                yield job, made


def _first_missing(root: Path, made: str) -> str:
    """The first file that a result lacks, the result itself where it is not there at all; "" where
    it is whole."""
    if not (root / made).exists():
        return made
    names = _manifest(root / made) if made.endswith("/") else ()
    lacking = (made + name for name in names if not _is_hidden(name))
    return next((path for path in lacking if not (root / path).is_file()), "")


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
