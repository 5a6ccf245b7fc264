"""Archives unpacked without harm: nothing leaves the folder, no links, no more than a bound.

Zip (in one part or several), tar, and tar compressed with gzip, bzip2 or xz. A tar inside a tar, as
ImageNet has one a class, is unpacked into a folder of its name.
"""

from __future__ import annotations

import fnmatch
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from ..catalogue.sources import Source
from .images import leads_out
from .lock import SourceError
from .split_zip import Joined, is_part, parts_of
from .web import full

GROWTH = 30
"""How many times its own length an archive may hold. Images grow by a few percent, JSON about ten
times; the length is the lock's, so a bomb would have to be pinned first."""
FLOOR = 1 << 20
"""Bytes that any archive may hold: a small tar is mostly padding."""
CHUNK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)
_Member = tuple[str, IO[bytes]]


def is_archive(file: Path | IO[bytes]) -> bool:
    """Whether a file, or an open one, is a zip or tar archive by its content."""
    try:
        if zipfile.is_zipfile(file):
            return True
    except zipfile.BadZipFile:
        return True  # its end is a zip archive's, of several parts, which zipfile does not read
    if not isinstance(file, Path):
        file.seek(0)  # zipfile leaves it at its end, where tarfile sees an empty archive
    try:
        return tarfile.is_tarfile(file)
    except _DAMAGE:
        return False  # it is compressed, and cut before its first member


def unpacked_into(file: str, source: Source) -> str:
    """The folder that a source's file is unpacked into; empty where it is no archive to unpack. The
    parts of a split zip go where the zip itself goes."""
    archive = str(PurePosixPath(file).with_suffix(".zip")) if is_part(file) else file
    folders = (into for form, into in source.unpack.items() if fnmatch.fnmatchcase(archive, form))
    return next(folders, "")


def is_flattened(archive: str, source: Source) -> bool:
    """Whether a source's archive is unpacked without the folders inside it."""
    return any(fnmatch.fnmatchcase(archive, form) for form in source.flatten)


def unpack(archive: Path, folder: Path, bound: int | None = None, flatten: bool = False) -> int:
    """Unpack an archive, with its other parts beside it if it has any; the number of files.

    bound: bytes that it may hold, by default GROWTH times its own. flatten: whether all members go
    into the folder itself. Raises SourceError, one line, for an archive that is damaged, holds
    more, has a member that is no plain file inside the folder, or two that flatten to one.
    """
    try:
        parts = parts_of(archive)
        if bound is None:
            bound = max(FLOOR, GROWTH * sum(part.stat().st_size for part in parts))
        members = _zipped(parts) if archive.suffix == ".zip" else _tarred(archive)
        return _write(_flattened(members, archive) if flatten else members, archive, folder, bound)
    except _DAMAGE as error:
        raise SourceError(f"{archive}: damaged ({error}); fetch it again") from None
    except OSError as error:
        raise full(error, folder) from None


def _write(members: Iterator[_Member], archive: Path, folder: Path, bound: int) -> int:
    count = written = 0
    for name, content in members:
        if leads_out(name):
            raise SourceError(f"{archive}: member {name!r} is refused: not a path inside a folder")
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            while chunk := content.read(CHUNK):
                written += len(chunk)
                if written > bound:
                    raise SourceError(f"{archive}: holds more than {bound} bytes, refused")
                stream.write(chunk)
        count += 1
        if file.suffix == ".tar":
            inner = _write(_tarred(file), archive, file.with_suffix(""), file.stat().st_size)
            file.unlink()
            count += inner - 1
    return count


def _flattened(members: Iterator[_Member], archive: Path) -> Iterator[_Member]:
    """The members without their folders; one that leads out keeps its name, to be refused."""
    names: set[str] = set()
    for name, content in members:
        flat = name if leads_out(name) else PurePosixPath(name).name
        if flat in names:
            raise SourceError(f"{archive}: two members are named {flat!r} without their folders")
        names.add(flat)
        yield flat, content


def _zipped(parts: list[Path]) -> Iterator[_Member]:
    source = io.BufferedReader(Joined(parts), CHUNK) if len(parts) > 1 else parts[0].open("rb")
    with source, zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise SourceError(f"{parts[-1]}: member {member.filename!r} is refused: a link")
            if member.flag_bits & 1:
                raise SourceError(f"{parts[-1]}: member {member.filename!r} is refused: encrypted")
            with archive.open(member) as content:
                yield member.filename, content


def _tarred(path: Path) -> Iterator[_Member]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isdir():
                continue
            content = archive.extractfile(member) if member.isreg() else None
            if content is None:
                raise SourceError(f"{path}: member {member.name!r} is refused: a link or a device")
            yield member.name.removeprefix("./"), content
