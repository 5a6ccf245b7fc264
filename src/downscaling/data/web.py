"""Plain web files: one resumable download.

A transfer goes to a hidden file beside its target and gets its name when it is whole and its digest
is the pinned one. What an interrupted transfer left is gone on with, if the server says that the
file is still the same (If-Range with its ETag or date), or if there is a digest to check it by.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from tqdm import tqdm

from ..errors import DiskError, disk_error
from ..runtime.http import (
    CHUNK,
    CONNECT,
    READ,
    PassingError,
    Retries,
    open_session,
    passes,
    reason,
    retry_after,
)
from .lock import AbsentError, Pinned, SourceError, check

ADVICE = "check the network, or name a mirror that holds it with --mirror"
"""What to do where a file is fetched and cannot be had."""
Progress = Callable[[int], None]
_RETRIES = Retries()


def download(
    url: str,
    out: Path,
    pinned: Pinned | None = None,
    *,
    gate: str = "",
    retries: Retries = _RETRIES,
    progress: Progress = lambda done: None,
) -> None:
    """Fetch an address to a file, whole or not at all.

    pinned: what it must be; None only where it is about to be pinned. gate: the page that grants
    access. progress: called with the bytes of each step. Raises SourceError, one line; AbsentError
    where the file may be had elsewhere.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    retries.attempt(lambda: _transfer(url, part, pinned, gate, progress), AbsentError)
    _validator(part).unlink(missing_ok=True)
    if pinned:
        check(part, pinned, url)
    part.replace(out)


@contextmanager
def bar(name: str, pinned: Pinned | None = None) -> Iterator[Progress]:
    """A progress line on standard error, as the hub's client shows one; a log gets it now and
    then."""
    total, quiet = pinned.bytes if pinned else None, 0.2 if sys.stderr.isatty() else 30.0
    with tqdm(total=total, desc=name, unit="B", unit_scale=True, mininterval=quiet) as line:
        yield lambda done: line.update(done) and None


def _transfer(url: str, part: Path, pinned: Pinned | None, gate: str, progress: Progress) -> None:
    """Go on with a file from where it is until it is whole; a cut that brought bytes is no failure.

    Raises PassingError after one that brought none.
    """
    while True:
        before = _size(part)
        if pinned and part.exists() and before == pinned.bytes:
            return
        try:
            return _stream(url, part, pinned, gate, progress)
        except PassingError:
            if _size(part) <= before:
                raise


def _stream(url: str, part: Path, pinned: Pinned | None, gate: str, progress: Progress) -> None:
    try:
        with (
            open_session() as session,
            session.get(
                url, headers=_resuming(part, pinned), stream=True, timeout=(CONNECT, READ)
            ) as response,
        ):
            if response.status_code == 416:  # what lies here is not a beginning of what lies there
                part.unlink()
                raise PassingError(f"{url}: the file changed while it was fetched")
            judge(response, url, gate)
            _validator(part).write_text(_mark(response), "utf-8")
            with part.open("ab" if response.status_code == 206 else "wb") as stream:
                for chunk in response.iter_content(CHUNK):
                    stream.write(chunk)
                    progress(len(chunk))
                    if pinned and stream.tell() > pinned.bytes:
                        break  # the check of its length refuses it
    except requests.exceptions.ConnectionError as error:
        raise PassingError(f"{url}: cannot be reached ({reason(error)})") from None
    except requests.exceptions.RequestException as error:
        raise PassingError(f"{url}: the transfer was cut ({reason(error)})") from None
    except OSError as error:
        raise full(error, part.parent) from None


def _resuming(part: Path, pinned: Pinned | None) -> dict[str, str]:
    """The headers that ask for the rest of a file, if what lies here can be gone on with."""
    size, validator = _size(part), _validator(part)
    mark = validator.read_text("utf-8") if validator.exists() else ""
    if not size or (pinned and size > pinned.bytes) or not (pinned or mark):
        return {}
    return {"Range": f"bytes={size}-"} | ({"If-Range": mark} if mark else {})


def _mark(response: requests.Response) -> str:
    """What tells this content from a later one; a weak ETag does not (RFC 9110, section 13.1.5)."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")


def judge(response: requests.Response, url: str, gate: str) -> None:
    """Pass an answer that is none of an error. gate: the page that grants access. Raises
    PassingError for one that may pass, SourceError, one line, for any other: AbsentError where the
    file may be had elsewhere."""
    status = response.status_code
    if status < 400:
        return
    if passes(status):
        raise PassingError(f"{url}: the server answers {status}", retry_after(response))
    if status in (401, 403):
        raise AbsentError(f"{url}: access refused ({status})", gate)
    if status in (404, 410):
        raise AbsentError(f"{url}: no such file any more ({status})")
    raise SourceError(f"{url}: the server answers {status}")


def full(error: OSError, folder: Path) -> SourceError | DiskError:
    """An operating system's error while a file is fetched to a folder, in one line."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SourceError(f"{folder}: the disk is full; make room and run it again: it goes on")
    refusal = SourceError(f"{folder}: cannot be written ({error.strerror or error})")
    return disk_error(error, folder) or refusal


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _validator(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")
