"""What may happen to files."""

from __future__ import annotations

import os
from pathlib import Path

from downscaling.study.load import read
from downscaling.study.study import Study


def studied() -> Study:
    """The study whose configuration lies in the working directory."""
    return read(Path("config.yaml"))


def flip(path: Path) -> None:
    """Turn a bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def flip_and_keep_the_date(path: Path) -> None:
    """The same, so that the file's date tells nothing."""
    status = path.stat()
    flip(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def swap(one: Path, other: Path) -> None:
    """Give two files each other's name."""
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
