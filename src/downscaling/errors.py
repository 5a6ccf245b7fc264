"""The errors that a user can act on. Every other exception is a fault of ours and keeps its
traceback."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK = {
    errno.EROFS: "choose a place that can be written",
    errno.EACCES: "let this user read and write it",
    errno.EPERM: "let this user read and write it",
    errno.ENOSPC: "make room and run it again",
    errno.EDQUOT: "make room and run it again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f) and run it again",
    errno.EIO: "the disk reports an error; check it and run it again",
    errno.ESTALE: "wait for the network's file server and run it again",
    errno.EMFILE: "raise the limit on open files (ulimit -n) and run it again",
    errno.ENFILE: "close other programs and run it again",
    errno.ENOLCK: "choose a place on a file system with locks",
    errno.ENOSYS: "choose a place on another file system; this one lacks it, such as locks",
    errno.EOPNOTSUPP: "choose a place on another file system; this one lacks it, such as locks",
}
"""What the operating system says of a place where a file cannot be read, written or locked,
whatever the file holds and the program does, with what to do about it. It says nothing of the
file: no reader takes one for damaged that it could not read."""

REMEDIES = DISK | {
    errno.ENOENT: "check the name",
    errno.EEXIST: "move it away, or name another place",
    errno.ENOTEMPTY: "move it away, or name another place",
    errno.EISDIR: "name a file",
    errno.ELOOP: "name what the link should lead to",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOTDIR: "move the file away that is in the place of a folder",
}
"""All of the operating system's errors that are expected, each with what to do about it."""


def escaped(text: str, keep: str = "") -> str:
    """Text as a terminal may show it: what is no character to see stands as its escape. Files,
    names and what a model writes may hold commands to a terminal, or turn the direction of a line.

    keep: characters that stay as they are, such as the end of a line.
    """
    return "".join(
        c.encode("unicode_escape").decode() if _is_hidden(c) and c not in keep else c for c in text
    )


def _is_hidden(character: str) -> bool:
    """Whether a character is of control, format, no language yet, or the end of a line."""
    kind = unicodedata.category(character)
    return kind[0] == "C" or kind in ("Zl", "Zp")


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


class DiskError(UserError):
    """The disk or the system fails a reader (`DISK`); what the file holds is not known."""


def how_to_get(path: str | Path) -> str:
    """What to do about a file that is not there. Of a file in a preset's results nobody but the
    user knows with which overlays Snakemake makes it."""
    match Path(path).parts:
        case ("results", preset, *_):
            return f"check the name, or finish the preset {escaped(preset)} with snakemake"
    return REMEDIES[errno.ENOENT]


def explained(error: BaseException) -> str | None:
    """What to say of an error in `REMEDIES` that names its file; None of any other."""
    if not isinstance(error, OSError) or error.errno not in REMEDIES or error.filename is None:
        return None
    is_absent = error.errno == errno.ENOENT
    remedy = how_to_get(error.filename) if is_absent else REMEDIES[error.errno]
    return f"{escaped(str(error.filename))}: {os.strerror(error.errno)}; {remedy}"


def disk_error(error: BaseException, place: str | Path | None) -> DiskError | None:
    """The refusal that an error is, or came of, where the disk's (`DISK`); None of any other.

    place: the file or folder that it names where the error names none. A reader calls this before
    it says that a file is not what it should be.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, DiskError):
            return seen
        if (code := _code(seen)) in DISK:
            named = getattr(seen, "filename", None) or place
            line = explained(OSError(code, "", str(named))) if named else None
            return DiskError(line) if line else None
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return None


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Give a disk's error the name of the file that the block reads or writes.

    Python names a file only where it is opened, and a full disk shows when bytes are written.
    """
    try:
        yield
    except OSError as error:
        is_of_two = error.filename2 is not None  # a copy's, which names its source first
        if error.errno in DISK and (error.filename is None or is_of_two):
            error.filename, error.filename2 = str(path), None
        raise
    except Exception as error:
        if (code := _code(error)) in DISK:
            raise OSError(code, os.strerror(code), str(path)) from error
        raise


def _code(error: BaseException) -> int:
    """The system's number of an error; 0 where it is none of the system's. safetensors and
    tokenizers, which are written in Rust, and torch in C++ tell it as text."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    told = (c for c in DISK if f"(os error {c})" in text or f"{os.strerror(c)} ({c})" in text)
    return next(told, 0)
