"""What lies on the disk where a study's files should be."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..records.files import RecordError
from ..runtime.digests import MANIFEST, THREADS, Fault, Sealed, digest, faults, manifest
from ..runtime.progress import progress_line


@dataclass(frozen=True)
class Disk:
    """What lies there.

    Attributes:
        sha256: of each path that is there; of a sealed folder its manifest's.
        manifests: what each sealed folder held when it was sealed; None where its manifest cannot
            be read.
        faults: the files of each sealed folder that are no longer as sealed.
    """

    sha256: dict[str, str]
    manifests: dict[str, dict[str, Sealed] | None]
    faults: dict[str, list[Fault]]


def read_disk(paths: Iterable[str], folders: Iterable[str]) -> Disk:
    """Read all files of these paths, and of these sealed folders. A line on standard error says how
    far that is."""
    sealed = [folder for folder in folders if Path(folder).is_dir()]
    manifests = {folder: _manifest(Path(folder)) for folder in sealed}
    there = [
        path
        for path in dict.fromkeys(paths)
        if Path(path, MANIFEST if path in manifests else "").exists()
    ]
    total = len(there) + sum(len(held or {}) for held in manifests.values())
    with progress_line("verifying", total) as looked_at, ThreadPoolExecutor(THREADS) as pool:

        def hashed(path: str) -> str:
            sha256 = digest(Path(path))
            looked_at(1)
            return sha256

        sha256 = dict(zip(there, pool.map(hashed, there), strict=True))
        faulty = {
            folder: faults(Path(folder), in_full=True, hashed=looked_at)
            for folder, held in manifests.items()
            if held is not None
        }
    return Disk(sha256, manifests, faulty)


def _manifest(folder: Path) -> dict[str, Sealed] | None:
    try:
        return manifest(folder)
    except RecordError:
        return None
