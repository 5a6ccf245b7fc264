"""A small file system of a test's own."""

from __future__ import annotations

import os
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
