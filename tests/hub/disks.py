"""A small file system of a test's own, and a disk that fails or loses its power."""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A tmpfs on a folder, which is made; the test is skipped where none can be mounted."""
    folder.mkdir()
    call = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(call, capture_output=True).returncode != 0:
        pytest.skip("needs root, and leave to mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    """Change a file system's size, or whether it may be written."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def refuse_pread() -> None:
    """Have Linux answer this process's pread with an input/output error from now on: a seccomp
    filter of four instructions on the call's number."""
    load, is_equal, answer = 0x20, 0x15, 0x06
    pread64, refuse, allow = 17, 0x00050000 | 5, 0x7FFF0000
    filters = [(load, 0, 0, 0), (is_equal, 0, 1, pread64), (answer, 0, 0, refuse)]
    steps = b"".join(struct.pack("HBBI", *step) for step in [*filters, (answer, 0, 0, allow)])
    program = ctypes.create_string_buffer(steps)
    head = struct.pack("HxxxxxxP", 4, ctypes.addressof(program))
    no_new_privileges, seccomp, by_filter = 38, 22, 2
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(no_new_privileges, 1, 0, 0, 0) == 0
    assert libc.prctl(seccomp, by_filter, ctypes.create_string_buffer(head)) == 0


@contextmanager
def powered(place: Path, megabytes: int) -> Iterator[tuple[Path, Path]]:
    """A disk of its own, and where it is mounted again after its power was cut; the test is skipped
    where none can be. `cut_power` cuts it."""
    disk, after = place / "disk", place / "after"
    disk.mkdir()
    after.mkdir()
    with (place / "image").open("wb") as image:
        image.truncate(megabytes * 2**20)
    make = ["mkfs.ext4", "-q", "-F", str(place / "image")]
    # It writes nothing by itself within the time of a test.
    mount = ["mount", "-o", "loop,commit=300", str(place / "image"), str(disk)]
    if (
        os.geteuid() != 0
        or shutil.which(make[0]) is None
        or any(subprocess.run(call, capture_output=True).returncode for call in (make, mount))
    ):
        pytest.skip("needs root, mkfs.ext4, and leave to mount a loop device")
    try:
        yield disk, after
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        subprocess.run(["umount", str(after)], capture_output=True)


def cut_power(disk: Path, after: Path) -> None:
    """Show at `after` what of a disk's content had left the machine's memory by now."""
    image = disk.parent / "image"
    shutil.copyfile(image, image.with_name("left"))
    subprocess.run(["mount", "-o", "loop", str(image.with_name("left")), str(after)], check=True)
