"""A zip archive in several parts (name.z01, name.z02, ..., name.zip) read as one file.

The parts joined are nearly an archive: only its directory still counts places from the beginning of
each part. So the directory is read, its places are counted from the beginning of the whole, and the
new directory stands where the old one stood. Nothing is copied. Format: PKWARE's APPNOTE, sections
4.3.12 (directory), 4.3.14 and 4.3.15 (its end, in zip64), 4.5.3 (zip64 fields), 8 (parts).
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile

_ENTRY = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
LONGEST = 1 << 28
"""Bytes that are read at once because an archive says so: the directory of a zip, which takes about
100 for a member, or what a tar says of one member."""
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF


def is_part(name: str) -> bool:
    """Whether a file is a part of an archive other than the one that names it."""
    return Path(name).suffix[:2] == ".z" and Path(name).suffix[2:].isdigit()


def files_of(archive: Path) -> list[Path]:
    """The parts of an archive in order, its last part (name.zip) last; itself if it has no more.

    Raises BadZipFile where a part in the row is missing.
    """
    before = [path.name for path in archive.parent.glob(f"{archive.stem}.z[0-9][0-9]")]
    return [archive.with_name(name) for name in part_names(archive.name, before)]


def part_names(archive: str, names: Iterable[str]) -> list[str]:
    """The same of names, with their folders if they have any. names: of all files there are."""
    stem = archive.removesuffix(".zip")
    before = sorted(name for name in names if is_part(name) and name[: -len(".z01")] == stem)
    if before != [f"{stem}.z{number:02}" for number in range(1, len(before) + 1)]:
        listed = ", ".join(PurePosixPath(name).name for name in before)
        raise BadZipFile(f"of its parts only {listed} are there")
    return [*before, archive]


class Joined(io.RawIOBase):
    """The parts as one readable file with one directory."""

    def __init__(self, parts: Sequence[IO[bytes]]) -> None:
        self._files = parts
        sizes = [part.seek(0, os.SEEK_END) for part in parts]
        self._starts = [sum(sizes[:number]) for number in range(len(sizes))]
        self._whole, self._tail = sum(sizes), b""
        self._place = 0
        self._tail, self._whole = self._directory()

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        end = self._whole + len(self._tail)
        self._place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: end}[whence]
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._read(self._place, len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def _read(self, place: int, length: int) -> bytes:
        """At most `length` bytes from one part or from the new directory."""
        if place >= self._whole:
            return self._tail[place - self._whole :][:length]
        number = max(i for i, start in enumerate(self._starts) if start <= place)
        ends = [*self._starts[1:], self._whole]
        self._files[number].seek(place - self._starts[number])
        return self._files[number].read(min(length, min(ends[number], self._whole) - place))

    def _exactly(self, place: int, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self._read(place + len(data), length - len(data))
            if not more:
                raise BadZipFile("its directory is cut off")
            data += more
        return data

    def _directory(self) -> tuple[bytes, int]:
        """The new directory and its end, and the place where they begin."""
        count, size, start = self._end()
        if size > LONGEST or start + size > self._whole:
            raise BadZipFile(f"its directory is said to have {size} bytes")
        old, entries, place = self._exactly(start, size), [], 0
        for _ in range(count):
            if len(old) < place + _ENTRY.size:
                raise BadZipFile("its directory is cut off")
            fields = list(_ENTRY.unpack_from(old, place))
            if fields[0] != b"PK\x01\x02":
                raise BadZipFile("its directory is damaged")
            name_end = place + _ENTRY.size + fields[12]
            extra_end = name_end + fields[13]
            name, extra = old[name_end - fields[12] : name_end], old[name_end:extra_end]
            place = extra_end + fields[14]
            entries.append(self._entry(fields, name, extra))
        body = b"".join(entries)
        end64 = _END64.pack(
            b"PK\x06\x06", _END64.size - 12, 45, 45, 0, 0, count, count, len(body), start
        )
        locator = _LOCATOR.pack(b"PK\x06\x07", 0, start + len(body), 1)
        end = _END.pack(b"PK\x05\x06", 0, 0, _FULL16, _FULL16, _FULL32, _FULL32, 0)
        return body + end64 + locator + end, start

    def _entry(self, fields: list[int], name: bytes, extra: bytes) -> bytes:
        """An entry of the directory whose place is counted from the beginning of the whole."""
        sizes = {"full": fields[11], "packed": fields[10], "place": fields[18], "part": fields[15]}
        rest = b""
        while len(extra) >= 4:
            kind, length = struct.unpack_from("<2H", extra)
            field, extra = extra[4 : 4 + length], extra[4 + length :]
            if kind != 1:
                rest += struct.pack("<2H", kind, length) + field
                continue
            for key in ("full", "packed", "place"):
                if sizes[key] == _FULL32:
                    sizes[key], field = struct.unpack_from("<Q", field)[0], field[8:]
            if sizes["part"] == _FULL16:
                sizes["part"] = struct.unpack_from("<L", field)[0]
        if sizes["part"] >= len(self._starts):
            raise BadZipFile("its directory names a part that is not there")
        place = self._starts[sizes["part"]] + sizes["place"]
        extra = struct.pack("<2H3Q", 1, 24, sizes["full"], sizes["packed"], place) + rest
        fields[10] = fields[11] = fields[18] = _FULL32
        fields[13], fields[14], fields[15] = len(extra), 0, 0
        return _ENTRY.pack(*fields) + name + extra

    def _end(self) -> tuple[int, int, int]:
        """Of the old directory: how many entries, how many bytes, and where it begins."""
        reach = min(self._whole, _END.size + _FULL16 + _LOCATOR.size)
        tail = self._exactly(self._whole - reach, reach)
        end = tail.rfind(b"PK\x05\x06")
        if end < 0:
            raise BadZipFile("its directory's end is missing")
        _, _, part, _, count, size, place, _ = _END.unpack_from(tail, end)
        if end >= _LOCATOR.size and tail[end - _LOCATOR.size :][:4] == b"PK\x06\x07":
            _, part64, place64, _ = _LOCATOR.unpack_from(tail, end - _LOCATOR.size)
            if part64 >= len(self._starts):
                raise BadZipFile("its directory's end is in a part that is not there")
            end64 = self._exactly(self._starts[part64] + place64, _END64.size)
            *_, part, _, count, size, place = _END64.unpack(end64)
        if part >= len(self._starts):
            raise BadZipFile("its directory begins in a part that is not there")
        return count, size, self._starts[part] + place
