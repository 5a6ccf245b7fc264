"""A source brought to its folder: fetched as the lock has it, checked, unpacked, put in place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from ..catalogue.sources import Source, load, named
from . import hub, lock, web
from .archives import is_flattened, unpack, unpacked_into
from .lock import Pin, SourceError
from .places import address_of, is_address, mirrored, place_of
from .split_zip import is_part, parts_of

MADE_OF = ".pin"
"""In a fetched folder: the fingerprint of the pin that it was made of."""
Report = Callable[[str], None]


def fetch(
    name: str,
    lock_file: Path,
    out: Path,
    mirror: str = "",
    report: Report = lambda line: None,
    sources: dict[str, Source] | None = None,
) -> Pin:
    """Bring a source to its folder, whole or not at all; the pin that it was held to.

    What is under way lies in a hidden folder beside `out`, and the next call goes on with it. A
    folder that was made of the same pin is left as it is. mirror: a folder or an address that
    stands in for the source's home, where the files lie as `<name>/<file as in the lock>`. report:
    called with a line at each step. Raises RecordError, one line, for a source that is not in the
    lock, does not match it, or cannot be had.
    """
    source = named(name, load() if sources is None else sources)
    pin = lock.entry(lock_file, name, source)
    if is_fetched(out, pin):
        report(f"{name}: already there")
        return pin
    work = _work(out, pin)
    files, tree = work / "files", work / "tree"
    waiting = [file for file in sorted(pin.files) if not _is_here(file, pin, source, files, tree)]
    _room(sum(pin.files[file].bytes for file in waiting), work)
    for file in waiting:
        report(f"{name}: {file}, {pin.files[file].bytes:,} bytes")
        _get(name, source, pin, file, files, mirror)
    for file in sorted(pin.files):
        into = unpacked_into(file, source)
        if into and not is_part(file) and not _done(files / file).exists():
            report(f"{name}: {file} is unpacked")
            _unpack(files / file, tree / into, is_flattened(file, source))
        elif not into and (files / file).exists():
            place = tree / place_of(file, source)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(files / file, place)
    _link(source, tree, out)
    (tree / MADE_OF).write_text(pin.fingerprint + "\n", "utf-8")
    if out.exists():
        shutil.rmtree(out)
    os.replace(tree, out)
    shutil.rmtree(work)
    return pin


def is_fetched(out: Path, pin: Pin) -> bool:
    """Whether a source's folder was made of this pin."""
    made_of = out / MADE_OF
    return made_of.exists() and made_of.read_text("utf-8").strip() == pin.fingerprint


def _work(out: Path, pin: Pin) -> Path:
    """The folder for what is under way; what was begun for another pin is removed."""
    work = out.with_name(f".{out.name}.fetching-{pin.fingerprint}")
    for begun in out.parent.glob(f".{out.name}.fetching-*"):
        if begun != work:
            shutil.rmtree(begun)
    return work


def _is_here(file: str, pin: Pin, source: Source, files: Path, tree: Path) -> bool:
    """Whether an earlier call got a file: unpacked, in its place, or waiting for that."""
    if unpacked_into(file, source):
        return _done(files / file).exists() or lock.holds(files / file, pin.files[file])
    places = (tree / place_of(file, source), files / file)
    return any(lock.holds(place, pin.files[file]) for place in places)


def _room(needed: int, work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(work).free
    if free < needed:
        raise SourceError(
            f"{work.parent}: {needed / 1e9:.1f} GB are still to be fetched and {free / 1e9:.1f} GB "
            "are free; make room"
        )


def _get(name: str, source: Source, pin: Pin, file: str, files: Path, mirror: str) -> None:
    """Fetch one file to `files`, from the mirror if there is one, and check it."""
    pinned, target = pin.files[file], files / file
    if mirror and not is_address(mirror):
        held = mirrored(name, source, file, mirror)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(held, target)
        except OSError as error:
            raise web.full(error, files) from None
        lock.check(target, pinned, str(held))
    elif source.hub and not mirror:
        hub.fetch(source, pin.revision, file, pinned, files)
    else:
        with web.bar(file, pinned) as progress:
            address, gate = address_of(name, source, file, mirror), "" if mirror else source.gated
            web.download(address, target, pinned, gate=gate, progress=progress)


def _unpack(archive: Path, into: Path, flatten: bool) -> None:
    """Unpack an archive and leave a mark in its place, so that it is neither kept nor fetched
    again."""
    parts = parts_of(archive)
    unpack(archive, into, flatten=flatten)
    for part in parts:
        _done(part).touch()
        part.unlink()


def _link(source: Source, tree: Path, out: Path) -> None:
    """Links to the sources beside this one that hold its images; they may be fetched later."""
    for place, target in source.links.items():
        link = tree / place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(out.parent / target, (out / place).parent))


def _done(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.unpacked")
