"""Where the files of a source lie: at its home, at a mirror, and in the folder that it is fetched
to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from ..catalogue.sources import Source
from .lock import SourceError

LINKS = 40
"""Links behind each other; Linux follows no more."""


def is_address(mirror: str) -> bool:
    """Whether a mirror is an address on the web, and not a folder."""
    return mirror.startswith(("http://", "https://"))


def address_of(name: str, source: Source, file: str, mirror: str = "") -> str:
    """The address of a source's file on the web: at the mirror if there is one, else at home."""
    return f"{mirror.rstrip('/')}/{name}/{quote(file)}" if mirror else source.address + quote(file)


def mirrored(name: str, source: Source, file: str, mirror: str) -> Path:
    """A source's file in the folder that is its mirror. Raises SourceError where it is not
    there."""
    held = Path(mirror) / name / file
    if not held.is_file():
        raise SourceError(f"{held}: the mirror holds no such file; {source.home} does")
    return held


def place_of(file: str, source: Source) -> str:
    """A file's place in the fetched tree."""
    path = PurePosixPath(file)
    return str(path.relative_to(source.strip) if path.is_relative_to(source.strip) else path)


def behind(name: str, place: str, sources: Mapping[str, Source]) -> tuple[str, str]:
    """The source that holds a place of a source's tree, and the place in its own tree: a place may
    lie behind links, of which as many are followed as a file system would."""
    for _ in range(LINKS):
        for link, target in sources[name].links.items():
            if PurePosixPath(place).is_relative_to(link):
                rest = PurePosixPath(target, PurePosixPath(place).relative_to(link))
                name, place = rest.parts[0], str(PurePosixPath(*rest.parts[1:]))
                break
        else:
            break
    return name, place
