"""One writer at a time: a job holds a lock on what it makes, a run of the graph one on its preset.

A lock is a file that is there while its holder lives: filelock's lease. It needs no flock, which
file systems of clusters may lack. The file is created exclusively, and names the host, the process
and when that started. A holder on this host is dead when its process is; one on another host, when
it has not touched the file for `LEASE` seconds. A holder that was suspended for so long, and lost
its lock to another, ends as soon as it wakes.
"""

from __future__ import annotations

import math
import os
import select
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from filelock import LeaseCompromise, SoftFileLease, Timeout

from ..errors import UserError, naming

LEASE = 60.0
BEAT = 5.0
"""Seconds from one sign of life to the next."""
STARTER = "DOWNSCALING_STARTER"
"""The environment variable with the number of the process that a job is started by."""

_runs: list[SoftFileLease] = []


@contextmanager
def one_writer(lock: Path) -> Iterator[None]:
    """Hold a job's lock in the block. Where another process works on the same job, say so, and wait
    until it is done or dead."""
    lease = _lease(lock)
    with naming(lock):
        if not _is_taken(lease):
            _say(f"{lock}: waits for {_holder(lease)}, which works on the same job")
            lease.acquire(poll_interval=1.0)
    try:
        yield
    finally:
        lease.release()


def one_run(lock: Path) -> str | None:
    """Take a run's lock for as long as this process lives.

    Returns the process that held it and died, if one did. Raises UserError where the holder is
    alive: within `BEAT` seconds. Of a holder on another host that gives no sign of life, it takes
    `LEASE` seconds to know.
    """
    lease = _lease(lock)
    before, beat, told = _holder(lease), _beat(lock), time.monotonic() + 2 * BEAT
    while not _is_taken(lease):
        if _beat(lock) != beat:
            raise UserError(
                f"{lock.parent}: {_holder(lease)} runs the same preset; wait for its end, or end it"
            )
        if time.monotonic() > told:
            _say(f"{lock.parent}: {before} ran the same preset; seeing whether it is dead")
            told = math.inf
        time.sleep(1.0)
    _runs.append(lease)
    return before


def end_with_starter() -> None:
    """End this process when the one ends that started it for a job (`STARTER`): no job goes on when
    its run was killed. Without that variable, or where the system cannot tell (it is not Linux, or
    forbids it), nothing happens."""
    starter = os.environ.get(STARTER)
    if starter is None or not hasattr(os, "pidfd_open"):
        return
    is_dead = f"process {starter}, which started this job, is dead; so this ends"
    try:
        process = os.pidfd_open(int(starter))
    except ProcessLookupError:
        _end(is_dead)
    except OSError:
        return

    def watch() -> None:
        select.select([process], [], [])
        _end(is_dead)

    threading.Thread(target=watch, daemon=True).start()


def _lease(lock: Path) -> SoftFileLease:
    lock.parent.mkdir(parents=True, exist_ok=True)
    return SoftFileLease(
        lock, lease_duration=LEASE, heartbeat_interval=BEAT, on_compromise=_end_without
    )


def _is_taken(lease: SoftFileLease) -> bool:
    """Whether this process has the lock now."""
    try:
        lease.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _holder(lease: SoftFileLease) -> str | None:
    """Who holds a lock, for a reader; None where the file is not there."""
    owner = lease.owner
    return owner and f"process {owner.pid} on {owner.hostname.partition('?')[0]}"


def _beat(lock: Path) -> int | None:
    """The time of the holder's last sign of life; None where the file is not there."""
    try:
        return lock.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _end_without(lost: LeaseCompromise) -> NoReturn:
    _end(f"{lost.lock_file}: the lock was lost to another process or with its folder; this ends")


def _end(line: str) -> NoReturn:
    """End at once, from any thread. What is written aside stays, and the next writer removes it."""
    _say(line)
    os._exit(1)


def _say(line: str) -> None:
    print(f"downscaling: {line}", file=sys.stderr, flush=True)
