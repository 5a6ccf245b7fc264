"""The errors that a user can act on. Every other exception is a fault of ours and keeps its
traceback."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ESTALE)
"""What the operating system says of a disk on which a file cannot be read or written."""


_RUST = re.compile(r"\(os error (\d+)\)")


class UserError(Exception):
    """A refusal that a user can act on: one line that says what, where, what to do."""


class ModelError(UserError):
    """A model's folder is missing, damaged, or holds a model that cannot serve."""


class PictureError(UserError):
    """An image cannot be read."""


class LargePictureError(PictureError):
    """An image has more pixels than may be decoded."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Give a disk's error the name of the file that the block reads or writes.

    Python names a file only where it is opened, and a full disk shows when bytes are written.
    safetensors and tokenizers, which are written in Rust, tell the system's error as text alone.
    """
    try:
        yield
    except OSError as error:
        if error.errno in DISK and error.filename is None:
            error.filename = str(path)
        raise
    except Exception as error:
        told = _RUST.search(str(error))
        if told and int(told[1]) in DISK:
            raise OSError(int(told[1]), os.strerror(int(told[1])), str(path)) from error
        raise
