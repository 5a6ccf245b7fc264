"""A source's entry in `sources.lock`, made on a machine with a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ..catalogue.sources import Source, load, named
from ..errors import UserError
from ..records.files import RecordError
from . import hub, lock, web
from .archives import is_archive, unpacked_into
from .lock import AbsentError, Pin, Pinned, UnreachableError
from .places import address_of

Report = Callable[[str], None]


def pin_all(
    names: Sequence[str],
    lock_file: Path,
    scratch: Path,
    report: Report,
    sources: dict[str, Source],
) -> bool:
    """As `pin`, for several sources; whether all were pinned. Why one was not is a line of the
    report; a hub that cannot be reached is asked once, and has one line for all of its sources."""
    failed = 0
    silent: UnreachableError | None = None
    unasked: list[str] = []
    for name in names:
        if silent and name in sources and sources[name].hub:
            unasked.append(name)
            continue
        try:
            pinned = pin(name, lock_file, scratch, report, sources)
            size = f"{len(pinned.files)} files, {pinned.bytes:,} bytes"
            report(f"{name}: pinned in {lock_file}, {size}")
        except UnreachableError as error:
            silent = error
            unasked.append(name)
        except AbsentError as error:
            remedy = f"ask for access at {error.gate}" if error.gate else "check the network"
            report(f"downscaling: {error}; {remedy}")
            failed += 1
        except UserError as error:
            report(f"downscaling: {error}")
            failed += 1
    if silent:
        host = urlsplit(hub.endpoint() or hub.HUB).netloc
        sources_of_it = unasked[0] if len(unasked) == 1 else f"{len(unasked)} sources"
        report(
            f"downscaling: {host}: {silent.told}; {sources_of_it} not pinned; check the network, "
            "or name another address of the hub in HF_ENDPOINT"
        )
    return not failed and not silent


def pin(
    name: str,
    lock_file: Path,
    scratch: Path,
    report: Report = lambda line: None,
    sources: dict[str, Source] | None = None,
) -> Pin:
    """Ask a source's home for its newest revision and write it to the lock; the new entry.

    scratch: a folder for what must be fetched to be measured: the small files of a repository,
    every file of a plain web source. It is laid out as a mirror, so that `fetch` can take them from
    there. report: called with a line at each step. Raises RecordError, one line.
    """
    source = named(name, load() if sources is None else sources)
    if source.path:
        raise RecordError(f"{name}: lies on this machine, at {source.path}; nothing to pin")
    folder = scratch / name
    if source.hub:
        new = hub.pin(source, folder)
    else:
        new = Pin(revision=source.revision, files=_measured(name, source, folder, report))
    pins = lock.read(lock_file)
    if name in pins and pins[name] != new:
        report(f"{name}: {_changes(pins[name], new)}")
    lock.write(lock_file, pins | {name: new})
    return new


def _measured(name: str, source: Source, folder: Path, report: Report) -> dict[str, Pinned]:
    pinned = {}
    for file in source.files:
        report(f"{source.address}{file}: fetched to be measured")
        with web.bar(file) as progress:
            address = address_of(name, source, file)
            web.download(address, folder / file, gate=source.gated, progress=progress)
        if unpacked_into(file, source) and not is_archive(folder / file):
            (folder / file).unlink()
            raise AbsentError(
                f"{source.address}{file}: what came is no archive, perhaps a page that asks for a "
                "login",
                source.gated,
            )
        pinned[file] = lock.measured(folder / file)
    return pinned


def _changes(old: Pin, new: Pin) -> str:
    """What a new pin changes, in one line."""
    removed, added = old.files.keys() - new.files.keys(), new.files.keys() - old.files.keys()
    both = old.files.keys() & new.files.keys()
    other = [file for file in both if old.files[file] != new.files[file]]
    return (
        f"revision {old.revision or 'none'} becomes {new.revision or 'none'}: "
        f"{len(other)} files changed, {len(added)} new, {len(removed)} gone"
    )
