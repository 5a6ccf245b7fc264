"""The sha256 of what jobs read and write.

A folder that a job made is sealed: a manifest in it names its files with their sizes and sha256.
The digest of a sealed folder is its manifest's, so that who reads 100,000 images or 16 GB of
weights hashes one small file.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..errors import disk_error
from ..records import files
from ..records.files import RecordError, replacing

MANIFEST = ".manifest.json"
SNAKEMAKES = ".snakemake_timestamp"
"""A file that Snakemake puts into a folder whose date it sets."""
THREADS = 4


class SealedFile(BaseModel):
    """What a manifest says of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SealedLink(BaseModel):
    """What a manifest says of a link: where it leads."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    link: str


Sealed = SealedFile | SealedLink
_MANIFEST = TypeAdapter(dict[str, Sealed])


class Wrong(StrEnum):
    """What may be wrong with a file of a sealed folder."""

    MISSING = "missing"
    TRUNCATED = "truncated"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file of a sealed folder, and what to say of it. `path` starts from the
    folder. `sha256` is that of what lies there now, "" where it was not hashed."""

    path: str
    wrong: Wrong
    said: str
    sha256: str = ""


def seal(folder: Path) -> None:
    """Write a folder's manifest: of each file its size and sha256, of each link where it leads.

    Links stand for other sources' images, which have a manifest of their own. Raises RecordError
    for a link that leads out of the folder in which the sources lie, and for what is no file.
    """
    held = sorted(path for path in _walk(folder) if path.name != MANIFEST)
    with ThreadPoolExecutor(THREADS) as pool:
        entries = list(pool.map(partial(_entry, folder), held))
    listed = {
        path.relative_to(folder).as_posix(): entry.model_dump()
        for path, entry in zip(held, entries, strict=True)
    }
    with replacing(folder / MANIFEST) as temporary:
        temporary.write_text(json.dumps(listed, indent=0, ensure_ascii=False) + "\n", "utf-8")


def digest(path: Path) -> str:
    """sha256 of a file's bytes, of a sealed folder's manifest, or of an unsealed folder's relative
    names and bytes in sorted order."""
    manifest = path / MANIFEST
    return files.digest(manifest if manifest.is_file() else path)


def digests(paths: list[Path]) -> dict[str, str]:
    """The digest of each path, by the path as it was given; a folder's ends in a slash."""
    names = [f"{path}/" if path.is_dir() else str(path) for path in paths]
    with ThreadPoolExecutor(THREADS) as pool:
        return dict(zip(names, pool.map(digest, paths), strict=True))


def manifest(folder: Path) -> dict[str, Sealed]:
    """What a folder held when it was sealed, by the path from it. Raises RecordError where nothing
    says so."""
    try:
        return _MANIFEST.validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        refusal = RecordError(
            f"{folder}: not a whole folder ({MANIFEST} is missing or damaged); make it anew"
        )
        raise disk_error(error, folder / MANIFEST) or refusal from None


def faults(
    folder: Path, in_full: bool, hashed: Callable[[int], None] = lambda files: None
) -> list[Fault]:
    """The files of a sealed folder that are no longer what its manifest says, in sorted order.

    Args:
        folder: it. Raises RecordError where it has no manifest that can be read.
        in_full: hash every file. Else only those that were written or renamed after the manifest,
            by their dates; of the others the size is compared. A file that decayed on the disk, or
            that was changed before the folder was copied, is then not seen.
        hashed: called with the number of files that were looked at since the last call.
    """
    sealed = manifest(folder)
    since = None if in_full else (folder / MANIFEST).stat()
    there = {path.relative_to(folder).as_posix() for path in _walk(folder)}
    unknown = there - sealed.keys() - {MANIFEST, SNAKEMAKES}
    found = [Fault(name, Wrong.UNKNOWN, "no job made it") for name in unknown]

    def looked_at(name: str) -> Fault | None:
        hashed(1)
        if name not in there:
            return Fault(name, Wrong.MISSING, "is missing")
        return _fault(folder, name, sealed[name], since)

    with ThreadPoolExecutor(THREADS) as pool:
        found += filter(None, pool.map(looked_at, sealed))
    return sorted(found, key=lambda fault: fault.path)


def damage(folder: Path) -> str | None:
    """What is wrong with a sealed folder, every file of it hashed: one file and what to say of it;
    None if it is whole. A file that came later is no damage."""
    try:
        found = faults(folder, in_full=True)
    except RecordError as error:
        return str(error)
    said = (f"{folder / f.path} {f.said}" for f in found if f.wrong is not Wrong.UNKNOWN)
    return next(said, None)


def _fault(folder: Path, name: str, sealed: Sealed, since: os.stat_result | None) -> Fault | None:
    """What is wrong with a file or link."""
    path = folder / name
    status = path.lstat()
    if isinstance(sealed, SealedLink):
        is_same = stat.S_ISLNK(status.st_mode) and os.readlink(path) == sealed.link
        return None if is_same else Fault(name, Wrong.CHANGED, f"is no link to {sealed.link}")
    if not stat.S_ISREG(status.st_mode):
        return Fault(name, Wrong.CHANGED, "is no file")
    if status.st_size < sealed.bytes:
        said = f"is truncated to {status.st_size:,} of {sealed.bytes:,} bytes"
        return Fault(name, Wrong.TRUNCATED, said, files.digest(path))
    is_older = since and (
        status.st_mtime_ns <= since.st_mtime_ns and status.st_ctime_ns <= since.st_ctime_ns
    )
    if status.st_size == sealed.bytes and is_older:
        return None
    sha256 = files.digest(path)
    return None if sha256 == sealed.sha256 else Fault(name, Wrong.CHANGED, "was changed", sha256)


def _walk(folder: Path) -> list[Path]:
    """Files and links under a folder; links are not followed."""
    found: list[Path] = []
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            found += _walk(path)
        else:
            found.append(path)
    return found


def _entry(folder: Path, path: Path) -> Sealed:
    if path.is_symlink():
        target = os.readlink(path)
        sources = os.path.abspath(folder.parent)
        reached = os.path.abspath(path.parent / target)
        if os.path.isabs(target) or not reached.startswith(sources + os.sep):
            raise RecordError(f"{path}: a link to {target}, out of {folder.parent}; remove it")
        return SealedLink(link=target)
    if not path.is_file():
        raise RecordError(f"{path}: neither a file nor a folder; remove it")
    return SealedFile(bytes=path.stat().st_size, sha256=files.digest(path))
