"""How a command ends with an error: one line for a user, a traceback for a fault of ours."""

from __future__ import annotations

import errno
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from ..errors import DISK, UserError, escaped

REMEDIES = {
    errno.ENOENT: "check the name; what a stage makes, snakemake makes anew",
    errno.EISDIR: "name a file",
    errno.ELOOP: "name what the link should lead to",
    errno.EACCES: "let this user read and write it",
    errno.EPERM: "let this user read and write it",
    errno.EROFS: "choose a place that can be written",
    errno.ENOSPC: "make room and run it again",
    errno.EDQUOT: "make room and run it again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f) and run it again",
    errno.EIO: "check the disk, then delete the file and make it again",
    errno.ESTALE: "wait for the network's file server and run it again",
    errno.EMFILE: "raise the limit on open files (ulimit -n) and run it again",
    errno.ENFILE: "close other programs and run it again",
    errno.ENOLCK: "choose a place on a file system with locks",
    errno.ENOSYS: "choose a place on another file system; this one lacks it, such as locks",
    errno.EOPNOTSUPP: "choose a place on another file system; this one lacks it, such as locks",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOTDIR: "move the file away that is in the place of a folder",
}
"""The operating system's errors that are expected, each with what to do about it."""

INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a command that its user ended, as shells give it."""


@contextmanager
def shown_plainly(code: int = 1, place: str | Path | None = None) -> Iterator[None]:
    """Show an expected error as one line on standard error and end with an exit code.

    Expected are a UserError, an error in `REMEDIES` that names its file, and an interrupt by the
    user. Anything else is a fault of ours and keeps its traceback.

    place: the folder that is named where a library hides behind an error of its own that the disk
    is full, or the like (`errors.DISK`).
    """
    try:
        yield
    except KeyboardInterrupt:
        _end("stopped; run it again to go on", INTERRUPTED)
    except UserError as error:
        _end(str(error), code)
    except Exception as error:
        line = explained(_disk_error(error, place) or error)
        if line is None:
            raise
        _end(line, code)


def explained(error: BaseException) -> str | None:
    """What to say of an error in `REMEDIES` that names its file; None of any other."""
    if not isinstance(error, OSError) or error.errno not in REMEDIES or error.filename is None:
        return None
    return f"{escaped(str(error.filename))}: {os.strerror(error.errno)}; {REMEDIES[error.errno]}"


def check_place(folder: Path) -> None:
    """Raise UserError where no file can be written to a folder, which need not be there yet."""
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(2**16))
    except OSError as error:
        error.filename = str(folder)
        raise UserError(explained(error) or f"{folder}: {error.strerror}") from None


def _disk_error(error: BaseException, place: str | Path | None) -> OSError | None:
    """The disk's error that an error is or came of; where it names no file, it names the place."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in DISK:
            if seen.filename is None and place is not None:
                seen.filename = str(place)
            return seen
        seen = seen.__cause__
    return None


def _end(line: str, code: int) -> NoReturn:
    print(f"downscaling: {line}", file=sys.stderr)
    raise SystemExit(code) from None
