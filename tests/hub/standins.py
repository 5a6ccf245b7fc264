"""Tiny stand-ins of the study's sets and weights, as files by name, in their published shapes."""

from __future__ import annotations

import io
import struct
import zipfile


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def split(
    members: dict[str, bytes], stem: str, at: tuple[int, ...], zip64: bool = False
) -> dict[str, bytes]:
    """A zip archive in parts as `zip -s` makes them, by file name: cut at these places, the
    directory in the last part, its places counted from the beginning of each part."""
    whole = zipped(members)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        infos, start = archive.infolist(), archive.start_dir
    data = b"PK\x07\x08" + whole[:start]
    cuts = [0, *at, len(data)]
    pieces = [data[cuts[i] : cuts[i + 1]] for i in range(len(cuts) - 1)]
    last = len(pieces) - 1
    entries = b""
    for info in infos:
        place = info.header_offset + 4
        part = max(i for i in range(len(pieces)) if cuts[i] <= place)
        name, fields, extra = info.filename.encode(), [info.compress_size, info.file_size], b""
        if zip64:
            here = place - cuts[part]
            extra = struct.pack("<2H3QL", 1, 28, info.file_size, info.compress_size, here, part)
            fields, place = [0xFFFFFFFF] * 2, 0xFFFFFFFF + cuts[part]
        entries += struct.pack(
            *("<4s6HL2L5H2L", b"PK\x01\x02", 45, 45, 0, 8, 0, 33, info.CRC, *fields),
            *(len(name), len(extra), 3, 0xFFFF if zip64 else part, 0, 0, place - cuts[part]),
        )
        entries += name + extra + b"ok!"
    place, end = len(pieces[last]), b""
    count, size = len(infos), len(entries)
    if zip64:
        fields64 = (44, 45, 45, last, last, count, count, size, place)
        end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", *fields64)
        end += struct.pack("<4sLQL", b"PK\x06\x07", last, place + size, last + 1)
        count, size, place = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    end += struct.pack("<4s4H2LH", b"PK\x05\x06", last, last, count, count, size, place, 0)
    pieces[last] += entries + end
    names = [*(f"{stem}.z{number:02}" for number in range(1, last + 1)), f"{stem}.zip"]
    return dict(zip(names, pieces, strict=True))
