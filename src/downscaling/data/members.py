"""Members of a source's archives, had alone: for a rehearsal, which needs a few images of many.

A zip tells in its directory where its members lie and what their CRC is. Of one on the web its
directory and those members are asked for, by ranges of bytes. A tar has no directory: of one on the
web nothing can be had alone, and one in a folder is read where it lies.
"""

from __future__ import annotations

import os
from collections.abc import Set
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile

from ..catalogue.sources import Source
from ..runtime.http import Retries
from . import archives, hub
from .lock import Pin, SourceError
from .places import is_address
from .remote import opened
from .split_zip import is_part, part_names


def come_alone(file: str, source: Source, mirror: str) -> bool:
    """Whether members of a source's file can be had alone; of a part of a split zip too."""
    if not archives.unpacked_into(file, source):
        return False
    is_at_hand = bool(mirror) and not is_address(mirror)
    return file.endswith(".zip") or is_part(file) or is_at_hand


def parts_of(file: str, name: str, pin: Pin) -> list[str]:
    """The files that an archive of the source `name` consists of, in order. Raises SourceError
    where one of them is missing."""
    try:
        return part_names(file, pin.files) if file.endswith(".zip") else [file]
    except BadZipFile as error:
        raise SourceError(f"{name}: {file}: {error}; pin it anew") from None


def take(
    name: str, source: Source, pin: Pin, file: str, mirror: str, tree: Path, places: Set[str]
) -> int:
    """Unpack of an archive what belongs to these places in the tree; how many files that is.

    Raises NoPartsError where the server gives files only whole, and SourceError, one line, for an
    archive that is not the pinned one as far as that shows without its digest, and as
    `archives.take`.
    """
    into = archives.unpacked_into(file, source)
    below = (PurePosixPath(place) for place in places)
    wanted = {str(place.relative_to(into)) for place in below if place.is_relative_to(into)}
    with ExitStack() as stack:
        names = parts_of(file, name, pin)
        parts = [stack.enter_context(_opened(name, source, pin, part, mirror)) for part in names]
        flatten = archives.is_flattened(file, source)
        return archives.take(f"{name}: {file}", parts, tree / into, wanted, flatten)


def _opened(name: str, source: Source, pin: Pin, file: str, mirror: str) -> IO[bytes]:
    """A file where it lies, of the pinned length and, where the hub tells it, digest."""
    pinned = pin.files[file]
    if source.hub and not mirror:
        told = hub.told_digest(source, pin.revision, file)
        if told and told != pinned.sha256:
            raise SourceError(_another(name, file, "sha256", told, pinned.sha256))
    stream = opened(name, source, pin.revision, file, mirror, Retries())
    size = stream.seek(0, os.SEEK_END)
    if size != pinned.bytes:
        stream.close()
        raise SourceError(_another(name, file, "bytes", size, pinned.bytes))
    return stream


def _another(name: str, file: str, what: str, told: object, pinned: object) -> str:
    return (
        f"{name}: {file}: refused: {what} {told}, where the lock has {pinned}; if upstream meant "
        f"to change it, pin it anew: downscaling pin {name}"
    )
