"""Python under another processor: qemu's emulation in user mode, Debian's package qemu-user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
QEMU = shutil.which("qemu-x86_64")
PROCESSORS = ("Haswell", "Skylake-Client", "EPYC-Milan")
"""Two generations of Intel's and one of AMD's; qemu knows no AVX-512."""

needs_emulation = pytest.mark.skipif(
    QEMU is None, reason="no qemu-x86_64; install Debian's package qemu-user"
)


def another_vendor() -> str:
    """A processor of another vendor than this machine's."""
    amd = "AuthenticAMD" in Path("/proc/cpuinfo").read_text()
    return "Haswell" if amd else "EPYC-Milan"


def started(
    processor: str | None,
    arguments: Sequence[str],
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> subprocess.Popen[str]:
    """Python with these arguments, begun under a processor, or on the machine's own (None). The
    interpreter is the real one: behind a venv's link qemu does not find the packages."""
    emulator = [] if processor is None else [str(QEMU), "-cpu", processor]
    packages = os.pathsep.join([str(SOURCE), sysconfig.get_paths()["purelib"]])
    ours = {"PYTHONPATH": packages, "PYTHONHASHSEED": "0", **(environment or {})}
    return subprocess.Popen(
        [*emulator, os.path.realpath(sys.executable), *arguments],
        cwd=directory,
        env=os.environ | ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
