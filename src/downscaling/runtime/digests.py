"""The sha256 of what jobs read and write.

A folder that a job made is sealed: a manifest in it names its files with their sizes and sha256.
The digest of a sealed folder is its manifest's, so that who reads 100,000 images or 16 GB of
weights hashes one small file.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from ..records import files
from ..records.files import RecordError, replacing

MANIFEST = ".manifest.json"
THREADS = 4


def seal(folder: Path) -> None:
    """Write a folder's manifest: of each file its size and sha256, of each link where it leads.

    Links stand for other sources' images, which have a manifest of their own. Raises RecordError
    for a link that leads out of the folder in which the sources lie, and for what is no file.
    """
    held = sorted(path for path in _walk(folder) if path.name != MANIFEST)
    with ThreadPoolExecutor(THREADS) as pool:
        entries = list(pool.map(partial(_entry, folder), held))
    listed = {
        path.relative_to(folder).as_posix(): entry
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


def _entry(folder: Path, path: Path) -> dict[str, Any]:
    if path.is_symlink():
        target = os.readlink(path)
        sources = os.path.abspath(folder.parent)
        reached = os.path.abspath(path.parent / target)
        if os.path.isabs(target) or not reached.startswith(sources + os.sep):
            raise RecordError(f"{path}: a link to {target}, out of {folder.parent}; remove it")
        return {"link": target}
    if not path.is_file():
        raise RecordError(f"{path}: neither a file nor a folder; remove it")
    return {"bytes": path.stat().st_size, "sha256": files.digest(path)}
