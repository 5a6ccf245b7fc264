"""Archives unpacked without harm: nothing leaves the folder, no links, no two members in one place,
no more than a bound.

Zip (in one part or several), tar, and tar compressed with gzip, bzip2 or xz. A tar inside a tar, as
ImageNet has one a class, is unpacked into a folder of its name.
"""

from __future__ import annotations

import errno
import fnmatch
import io
import lzma
import os
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import ExitStack
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from ..catalogue.sources import Source
from ..records.files import digest
from ..runtime.digests import MANIFEST
from .images import MAX_BYTES, leads_out
from .lock import SourceError
from .split_zip import LONGEST, Joined, files_of, is_part
from .web import full

GROWTH = 30
"""How many times its own length an archive may hold. Images grow by a few percent, JSON about ten
times; the length is the lock's, so a bomb would have to be pinned first."""
FLOOR = 1 << 20
"""Bytes that any archive may hold: a small tar is mostly padding."""
MEMBERS = 10_000_000
"""Members that an archive may have, those of archives inside it included. ImageNet has 1.3
million."""
DEPTH = 64
"""Folders above a member."""
NESTED = 2
"""Archives inside each other. ImageNet has one inside the other."""
CHUNK = 1 << 20
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,  # of a way to compress that zipfile does not know
    RecursionError,  # of headers about headers
    ValueError,  # of a header's numbers
)
_COLLISIONS = (FileExistsError, IsADirectoryError, NotADirectoryError)
_Member = tuple[str, Callable[[], IO[bytes]]]
"""A name, and how the member is opened before the next one is asked for."""


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

    It is unpacked aside, then joined to what lies in `folder`; so a folder has all of it, or a
    second call goes on. bound: bytes that it may hold, by default GROWTH times its own. flatten:
    whether all members go into the folder itself. Raises SourceError, one line, for an archive that
    is damaged, holds more, has a member that is no plain file inside the folder, or two in one
    place.
    """
    with ExitStack() as stack:
        try:
            parts = [stack.enter_context(part.open("rb")) for part in files_of(archive)]
        except _DAMAGE as error:
            raise _damaged(archive, error) from None
        except OSError as error:
            raise full(error, folder) from None
        return _unpack(_Unpacking(str(archive), flatten), parts, folder, bound)


def take(
    archive: str, parts: Sequence[IO[bytes]], folder: Path, wanted: Set[str], flatten: bool = False
) -> int:
    """Unpack of an archive only some members, each by its CRC if it is a zip, and read no more of
    it than its directory and these; the number of files.

    archive: what errors call it; its ending says of which kind it is. parts: it, or its parts in
    order, open where they lie. wanted: places in `folder`, as `unpack` would bring them there; one
    that the archive has not is passed over. Raises SourceError as `unpack` does, for a faulty name
    or a link among the other members too, and for a member of more than MAX_BYTES.
    """
    return _unpack(_Unpacking(archive, flatten, wanted), parts, folder, None)


def _unpack(
    unpacking: _Unpacking, parts: Sequence[IO[bytes]], folder: Path, bound: int | None
) -> int:
    archive, aside = unpacking.archive, folder.with_name(f".{folder.name}.unpacking")
    try:
        _remove(aside)  # of a process that was killed
        aside.mkdir(parents=True)
        if bound is None:
            bound = max(FLOOR, GROWTH * sum(part.seek(0, os.SEEK_END) for part in parts))
        is_zip = archive.endswith(".zip")
        members = _zipped(archive, parts) if is_zip else _tarred(archive, parts[0])
        count = unpacking.write(members, aside, bound)
        _join(aside, folder, archive)
        return count
    except _DAMAGE as error:
        raise _damaged(archive, error) from None
    except OSError as error:
        raise full(error, folder) from None
    finally:
        _remove(aside)


def _damaged(archive: Path | str, error: Exception) -> SourceError:
    reason = " ".join(str(error).split())[:200]
    return SourceError(f"{archive}: damaged ({reason}); fetch it again")


class _Unpacking:
    """An archive on its way into a folder in which there is nothing else; of its members all, or
    those that are wanted."""

    def __init__(self, archive: str, flatten: bool, wanted: Set[str] | None = None) -> None:
        self.archive, self.flatten, self.wanted = archive, flatten, wanted
        paths = map(PurePosixPath, wanted or ())
        self._folders = {str(folder) for path in paths for folder in path.parents}
        self.members = 0

    def write(
        self, members: Iterator[_Member], folder: Path, bound: int, nested: int = 0, above: str = ""
    ) -> int:
        """Write members, at most `bound` bytes of them; the number of files. above: the place of
        their folder."""
        count = written = 0
        for name, opened in members:
            self._count()
            self._check(name)
            if self.flatten:
                name = PurePosixPath(name).name
            place = str(PurePosixPath(above, name))
            if not self._is_wanted(place):
                continue
            most, file = bound, folder / name
            if self.wanted is not None and file.suffix != ".tar":
                most = min(bound, written + MAX_BYTES)
            with self._created(file, name) as stream, opened() as content:
                while chunk := content.read(CHUNK):
                    written += len(chunk)
                    if written > most:
                        raise self._too_much(name, bound, most)
                    stream.write(chunk)
            count += self._inner(file, name, nested, place) if file.suffix == ".tar" else 1
        return count

    def _is_wanted(self, place: str) -> bool:
        """Whether a member is taken: an archive inside is for what it holds."""
        if self.wanted is None or place in self.wanted:
            return True
        return place.endswith(".tar") and place.removesuffix(".tar") in self._folders

    def _too_much(self, name: str, bound: int, most: int) -> SourceError:
        if most < bound:
            return self._refused(name, f"more than {MAX_BYTES} bytes")
        return SourceError(f"{self.archive}: holds more than {bound} bytes, refused")

    def _inner(self, file: Path, name: str, nested: int, place: str) -> int:
        """Unpack an archive inside the archive into the folder of its name, and remove it."""
        folder = name.removesuffix(".tar")
        if leads_out(folder):
            raise self._refused(name, "its folder would be none inside the folder")
        if nested == NESTED:
            raise self._refused(name, f"more than {NESTED} archives inside each other")
        bound, into = file.stat().st_size, file.with_name(Path(folder).name)
        with file.open("rb") as stream:
            members = _tarred(str(file), stream)
            count = self.write(members, into, bound, nested + 1, place.removesuffix(".tar"))
        file.unlink()
        return count

    def _count(self) -> None:
        self.members += 1
        if self.members > MEMBERS:
            raise SourceError(f"{self.archive}: has more than {MEMBERS:,} members, refused")

    def _check(self, name: str) -> None:
        """Raise SourceError for a name that is none of a file inside the folder."""
        path = PurePosixPath(name)
        if leads_out(name):
            raise self._refused(name, "not a path inside a folder")
        if len(path.parts) > DEPTH:
            raise self._refused(name, f"below more than {DEPTH} folders")
        if any("\ud800" <= letter <= "\udfff" for letter in name):
            raise self._refused(name, "not UTF-8")
        if path.name == MANIFEST:
            raise self._refused(name, "the study writes a file of this name itself")

    def _created(self, file: Path, name: str) -> IO[bytes]:
        """A new file. Raises SourceError where there is one: names can be the same to a file system
        though they differ, in case or as Unicode spells them."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            return file.open("xb")
        except _COLLISIONS:
            how = " without their folders" if self.flatten else ", or one is a folder of the other"
            raise SourceError(f"{self.archive}: two members are named {name!r}{how}") from None
        except OSError as error:
            if error.errno not in (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ):
                raise
            raise self._refused(name, str(error.strerror)) from None

    def _refused(self, name: str, problem: str) -> SourceError:
        shown = name if len(name) < 100 else f"{name[:100]}..."
        return SourceError(f"{self.archive}: member {shown!r} is refused: {problem}")


def _join(aside: Path, folder: Path, archive: str) -> None:
    """Move what was unpacked to what another archive, or an earlier call, brought to the folder.
    Raises SourceError where there is another file of one name."""
    if not os.path.lexists(folder):
        aside.rename(folder)
        return
    for entry in sorted(aside.iterdir()):
        place = folder / entry.name
        if not os.path.lexists(place):
            entry.rename(place)
        elif entry.is_dir() and place.is_dir() and not place.is_symlink():
            _join(entry, place, archive)
        elif place.is_dir() or entry.is_dir() or digest(place) != digest(entry):
            raise SourceError(
                f"{archive}: {entry.name!r} is refused: {place} is of another archive of this "
                "source, and differs; unpack them into folders of their own"
            )


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


class _Watched(io.BufferedReader):
    """A zip archive, of which no piece is read that its directory says to be huge."""

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file. Raises BadZipFile for more than LONGEST bytes at once."""
        if size is not None and size > LONGEST:
            raise zipfile.BadZipFile(f"a piece of it is said to have {size} bytes")
        return super().read(size)


class _Header(tarfile.TarInfo):
    """A header of a tar archive, as tarfile reads it, but for two things: it may not say of itself
    that it is huge, and a damaged one is no end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """As tarfile's. Raises ReadError for a damaged header, behind which tarfile would take what
        it has for the whole."""
        is_end = not buf or not any(buf)
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if is_end:
                raise
            raise tarfile.ReadError(f"a header: {error}") from None
        if header.size > LONGEST and header.type not in (*tarfile.REGULAR_TYPES, tarfile.DIRTYPE):
            raise tarfile.ReadError(f"a header is said to have {header.size} bytes")
        return header


def _zipped(name: str, parts: Sequence[IO[bytes]]) -> Iterator[_Member]:
    raw: Any = Joined(parts) if len(parts) > 1 else parts[0]
    with _Watched(raw) as source, zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            if member.filename.endswith("/"):  # is_dir fails for an empty name
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise SourceError(f"{name}: member {member.filename!r} is refused: a link")
            if member.flag_bits & 1:
                raise SourceError(f"{name}: member {member.filename!r} is refused: encrypted")
            # zipfile cuts a name at its first NUL.
            is_cut = "\0" in member.orig_filename
            yield member.orig_filename if is_cut else member.filename, partial(archive.open, member)


def _tarred(name: str, stream: IO[bytes]) -> Iterator[_Member]:
    stream.seek(0)
    with tarfile.open(fileobj=stream, tarinfo=_Header) as archive:
        while (member := archive.next()) is not None:
            # tarfile would keep them all, a kilobyte each.
            archive.members = []  # type: ignore[attr-defined]
            if member.isdir():
                continue
            if not member.isreg():
                raise SourceError(f"{name}: member {member.name!r} is refused: a link or a device")
            opening: Any = partial(archive.extractfile, member)  # of a file it is never None
            yield member.name.removeprefix("./"), opening
