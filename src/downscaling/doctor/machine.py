"""What this machine has: room on a disk, memory, GPUs on which a product comes out right."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..runtime.devices import DeviceError

PATIENCE = 180.0
"""Seconds for CUDA to start and compute."""
_CGROUPS = Path("/proc/self/cgroup")
_LIMITS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Gpu:
    """A GPU: its name, and the bytes of its memory."""

    name: str
    bytes: int


def free_disk(folder: Path) -> int:
    """Bytes that are free where a folder lies, or will lie."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(there).free


def memory(cgroups: Path = _CGROUPS, limits: Path = _LIMITS) -> int:
    """Bytes of memory that this process may have: the machine's, or what a container or a scheduler
    leaves of it. A limit holds for all groups below its own, so the least of them counts.

    cgroups: the file that tells which control groups the process is in. limits: the folder of all
    groups. Source: cgroups(7), `/proc/pid/cgroup`, of both versions.
    """
    held = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([held, *_limits(cgroups, limits)])


def _limits(cgroups: Path, limits: Path) -> Iterator[int]:
    """The limits of memory of the process's groups and of those above them."""
    for line in cgroups.read_text("utf-8").splitlines() if cgroups.is_file() else ():
        _, controllers, group = line.split(":", 2)
        if not controllers:  # version 2
            top, name = limits, "memory.max"
        elif "memory" in controllers.split(","):
            top, name = limits / "memory", "memory.limit_in_bytes"
        else:
            continue
        path = PurePosixPath(group.strip("/"))  # of the host, in a container without its own view
        for folder in (path, *path.parents):
            file = top / folder / name
            limit = file.read_text("ascii").strip() if file.is_file() else "max"
            if limit.isdecimal():
                yield int(limit)


def gpus() -> list[Gpu]:
    """The GPUs that this process may see, each of which computed a small product rightly.

    They are asked in a process of their own: a driver that hangs or dies takes nothing with it.
    Raises DeviceError, one line, where CUDA or one of them does not work.
    """
    command = [sys.executable, "-m", "downscaling.doctor.product"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise DeviceError(f"CUDA did not compute anything in {PATIENCE:.0f} seconds") from None
    if asked.returncode:
        lines = asked.stderr.strip().splitlines() or [f"it ended with code {asked.returncode}"]
        raise DeviceError(f"CUDA cannot be used: {lines[-1]}")
    return [Gpu(**told) for told in json.loads(asked.stdout.splitlines()[-1])]


@dataclass(frozen=True)
class Machine:
    """How this machine is measured: one function each, so that a test can give its own."""

    free_disk: Callable[[Path], int] = free_disk
    memory: Callable[[], int] = memory
    gpus: Callable[[], list[Gpu]] = gpus
