"""How a command ends with an error: one line for a user, a traceback for a fault of ours."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from ..errors import UserError, disk_error, explained

INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a command that its user ended, as shells give it."""


@contextmanager
def shown_plainly(code: int = 1, place: str | Path | None = None) -> Iterator[None]:
    """Show an expected error as one line on standard error and end with an exit code.

    Expected are a UserError, an error in `errors.REMEDIES` that names its file, and an interrupt by
    the user. Anything else is a fault of ours and keeps its traceback.

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
        line = disk_error(error, place) or explained(error)
        if line is None:
            raise
        _end(str(line), code)


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


def _end(line: str, code: int) -> NoReturn:
    print(f"downscaling: {line}", file=sys.stderr)
    raise SystemExit(code) from None
