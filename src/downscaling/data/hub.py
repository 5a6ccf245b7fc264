"""Repositories on the hub, through its own client.

The client resolves revisions, sends the token to the hub alone, and goes on with a transfer that
was cut while its process lives; a killed process repeats the file that it was at. What the client
fetches is checked against `sources.lock` all the same.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub import errors

from ..catalogue.sources import TOKEN, WEIGHTS, Source
from ..runtime.http import READ, PassingError, Retries, passes
from .lock import (
    AbsentError,
    Pin,
    Pinned,
    SourceError,
    UnreachableError,
    check,
    measured,
    refusal,
)
from .web import full

HUB = "https://huggingface.co"
"""The public hub."""
# What every fault of the client's HTTP library derives from: httpx or httpx2, by its version.
_HTTPError: type[Exception] = errors.HfHubHTTPError.__bases__[0]

# The client waits out short faults by itself, up to half a minute each time.
_RETRIES = Retries(attempts=3)


def endpoint() -> str | None:
    """The hub's address where HF_ENDPOINT names another than the public one."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


@dataclasses.dataclass(frozen=True)
class Listing:
    """A repository at one revision: its commit, and what the hub tells of those of its files that
    the source names, by name."""

    revision: str
    files: Mapping[str, Any]


def listing(
    source: Source, revision: str = "", timeout: float | None = None, retries: Retries = _RETRIES
) -> Listing:
    """What a repository holds of what its source names; nothing of it is fetched.

    revision: a commit; empty asks for the newest. timeout: seconds without an answer. Raises
    SourceError, one line, for a repository or revision that is not there, for one without a file
    that the source names, and for a file that is never fetched.
    """
    where = _page(source)

    def ask() -> Any:
        try:
            return huggingface_hub.HfApi(endpoint()).repo_info(
                source.hub,
                revision=revision or None,
                repo_type=_type(source),
                timeout=timeout,
                files_metadata=True,
            )
        except Exception as error:
            raise _told(error, where, source, Path()) from None

    about = retries.attempt(ask, AbsentError)
    held = {one.rfilename: one for one in about.siblings or [] if _wanted(one.rfilename, source)}
    for name in held:
        if problem := refusal(name, source):
            raise SourceError(f"{where}: {name!r} is refused: {problem}")
    absent = [form for form in source.files if not fnmatch.filter(held, form)]
    if source.kind == "weights":
        absent = [form for form in absent if form == "*.safetensors"]
    if absent:
        raise SourceError(f"{where}: holds no {', no '.join(absent)}")
    return Listing(about.sha, held)


def pin(source: Source, scratch: Path) -> Pin:
    """A repository's newest revision: its commit, and bytes and sha256 of the files that the source
    names. Large files' digests are the hub's own; small ones are fetched to `scratch` and measured.

    Raises SourceError, one line.
    """
    about = listing(source, source.revision)
    pinned = {}
    for name, held in about.files.items():
        if held.lfs:
            pinned[name] = Pinned(bytes=held.lfs.size, sha256=held.lfs.sha256)
        else:
            _get(source, about.revision, name, scratch)
            pinned[name] = measured(scratch / name)
    return Pin(revision=about.revision, files=pinned)


def admit(source: Source, revision: str, name: str, timeout: float) -> None:
    """Ask the hub whether it hands a file out, without fetching it. A gated repository tells
    anyone what it holds. Raises SourceError, one line, where it does not."""
    try:
        _etag(source, revision, name, timeout)
    except PassingError as error:
        raise SourceError(str(error)) from None


def told_digest(source: Source, revision: str, name: str) -> str:
    """The sha256 that the hub tells of a large file of a revision; empty of a small one, which it
    keeps otherwise. Raises SourceError, one line."""
    etag = _RETRIES.attempt(lambda: _etag(source, revision, name, READ), AbsentError)
    return etag if re.fullmatch("[0-9a-f]{64}", etag) else ""


def _etag(source: Source, revision: str, name: str, timeout: float) -> str:
    """What the hub names a file's content. Raises SourceError or PassingError, one line."""
    url, headers = place(source, revision, name)
    try:
        about = huggingface_hub.get_hf_file_metadata(url, timeout=timeout, headers=headers)
    except Exception as error:
        raise _told(error, f"{_page(source)}, {name}", source, Path()) from None
    return about.etag or ""


def place(source: Source, revision: str, name: str) -> tuple[str, dict[str, str]]:
    """The address of a file, and the headers of a request for it, which hold the token: they are
    for the hub alone, and for no message."""
    url = huggingface_hub.hf_hub_url(
        source.hub, name, repo_type=_type(source), revision=revision or None, endpoint=endpoint()
    )
    token = huggingface_hub.get_token()
    return url, {"Authorization": f"Bearer {token}"} if token else {}


def fetch(source: Source, revision: str, name: str, pinned: Pinned, folder: Path) -> None:
    """Fetch one file of a pinned revision to `folder`/`name`.

    Raises SourceError, one line; a file that is not the pinned one is removed.
    """
    _get(source, revision, name, folder)
    check(folder / name, pinned, f"{_page(source)}, {name}")


def _get(source: Source, revision: str, name: str, folder: Path) -> None:
    # A killed process leaves its part of a file, which the client's next call does not go on with.
    for part in (folder / ".cache").rglob("*.incomplete"):
        part.unlink()

    def download() -> None:
        try:
            huggingface_hub.hf_hub_download(
                source.hub,
                name,
                repo_type=_type(source),
                revision=revision,
                local_dir=folder,
                endpoint=endpoint(),
            )
        except Exception as error:
            raise _told(error, f"{_page(source)}, {name}", source, folder) from None

    _RETRIES.attempt(download, AbsentError)


def _page(source: Source) -> str:
    """A source's page on the hub that is asked."""
    return source.home.replace(HUB, endpoint() or HUB)


def _type(source: Source) -> str:
    return "model" if source.kind == "weights" else "dataset"


def _wanted(name: str, source: Source) -> bool:
    """Whether a file is among those that the source names; of a model, only at the top."""
    if source.files == WEIGHTS and "/" in name:
        return False
    return any(fnmatch.fnmatchcase(name, form) for form in source.files)


def _told(error: BaseException, where: str, source: Source, folder: Path) -> BaseException:
    """A fault of the client in one line: what, where, and what to do where that does not depend on
    who asks. Others stay as they are."""
    page = source.gated or source.home
    access = f"access is granted at {page}; then put a token that may read it in {TOKEN}"
    match error:
        case errors.GatedRepoError():
            return SourceError(f"{where}: this set is gated: {access}")
        case errors.RepositoryNotFoundError():
            gone = f"gated: {access}" if source.gated else "no such repository, or a private one"
            return SourceError(f"{where}: {gone}")
        case errors.RevisionNotFoundError():
            return SourceError(f"{where}: the pinned revision is gone; pin it anew")
        case errors.RemoteEntryNotFoundError():
            return SourceError(f"{where}: no such file in the pinned revision; pin it anew")
        case errors.OfflineModeIsEnabled():
            return UnreachableError(where, "HF_HUB_OFFLINE forbids the network")
        case errors.HfHubHTTPError() if passes(error.response.status_code):
            return PassingError(f"{where}: the hub answers {error.response.status_code}")
        case errors.HfHubHTTPError() if error.response.status_code in (401, 403):
            return SourceError(f"{where}: access refused: {access}")
        case errors.HfHubHTTPError():
            return SourceError(f"{where}: the hub answers {error.response.status_code}")
        case errors.LocalEntryNotFoundError() if error.__cause__ is not None:
            return _told(error.__cause__, where, source, folder)
        case errors.LocalEntryNotFoundError():
            return PassingError(f"{where}: cannot be reached")
        case errors.FileMetadataError():
            return SourceError(f"{where}: what answers is no hub; check HF_ENDPOINT and proxies")
        case _ if isinstance(error, _HTTPError):
            kind = type(error).__name__
            told = f"cannot be reached ({kind})"
            # Of faults at the first contact the client has already waited out several.
            is_first = kind.startswith("Connect")
            return UnreachableError(where, told) if is_first else PassingError(f"{where}: {told}")
        case OSError() if "Consistency check failed" in str(error):
            return PassingError(f"{where}: the transfer was cut")
        case OSError():
            return full(error, folder)
    return error
