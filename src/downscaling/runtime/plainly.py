"""How a command ends with an error: one line for a user, a traceback for a fault of ours."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import UserError

REMEDIES = {
    errno.ENOENT: "check the name; what a stage makes, snakemake makes anew",
    errno.EACCES: "let this user read and write it",
    errno.EPERM: "let this user read and write it",
    errno.EROFS: "choose a place that can be written",
    errno.ENOSPC: "make room and run it again",
    errno.EDQUOT: "make room and run it again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f) and run it again",
    errno.EIO: "check the disk, then delete the file and make it again",
    errno.ESTALE: "wait for the network's file server and run it again",
}
"""The operating system's errors that are expected, each with what to do about it."""


@contextmanager
def shown_plainly(code: int = 1) -> Iterator[None]:
    """Show an expected error as one line on standard error and end with an exit code.

    Expected are a UserError and an error in `REMEDIES` that names its file. Anything else is a
    fault of ours and keeps its traceback.
    """
    try:
        yield
    except (UserError, OSError) as error:
        line = _line(error)
        if line is None:
            raise
        print(f"downscaling: {line}", file=sys.stderr)
        raise SystemExit(code) from None


def _line(error: UserError | OSError) -> str | None:
    """An error in one line; None where it is not expected."""
    if isinstance(error, UserError):
        return str(error)
    if error.errno not in REMEDIES or error.filename is None:
        return None
    return f"{error.filename}: {os.strerror(error.errno)}; {REMEDIES[error.errno]}"
