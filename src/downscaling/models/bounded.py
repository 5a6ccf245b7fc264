"""What others wrote to be rendered is tried in a process of its own first. The sandbox of a chat
template keeps it from Python and from files, and bounds neither its time nor its memory."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

SECONDS = 10
MEMORY = 1 << 30
"""Bytes, beside what this process has."""
LONGEST = 10_000_000
"""Characters of what is written."""


def is_bounded(render: Callable[[], str]) -> bool:
    """Whether a rendering ends within these bounds, be it with an error of its own."""
    child = os.fork()
    if child == 0:
        os._exit(_tried(render))
    _, status = os.waitpid(child, 0)
    return status == 0


def _tried(render: Callable[[], str]) -> int:
    """The exit code of the process that tries. Past its time the system ends it, whatever it
    does."""
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        if (held := Path("/proc/self/statm")).exists():  # Linux
            size = int(held.read_text().split()[0]) * resource.getpagesize()
            _, most = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, most))
        return int(len(render()) > LONGEST)
    except MemoryError:
        return 1
    except BaseException:
        return 0
