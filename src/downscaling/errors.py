"""The errors that a user can act on. Every other exception is a fault of ours and keeps its
traceback."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ESTALE),
    *(errno.EMFILE, errno.ENFILE),
    *(errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP),
)
"""What the operating system says of a place where a file cannot be read, written or locked,
whatever the program does."""


_RUST = re.compile(r"\(os error (\d+)\)")


def escaped(text: str) -> str:
    """Text as a terminal may show it: what is no character to see stands as its escape. Files,
    names and what a model writes may hold commands to a terminal, or turn the direction of a line.
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


class UserError(Exception):
    """A refusal that a user can act on: one line that says what, where, what to do."""

    def __str__(self) -> str:
        return escaped(super().__str__())


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
        is_of_two = error.filename2 is not None  # a copy's, which names its source first
        if error.errno in DISK and (error.filename is None or is_of_two):
            error.filename, error.filename2 = str(path), None
        raise
    except Exception as error:
        told = _RUST.search(str(error))
        if told and int(told[1]) in DISK:
            raise OSError(int(told[1]), os.strerror(int(told[1])), str(path)) from error
        raise
