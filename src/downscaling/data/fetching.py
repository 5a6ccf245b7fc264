"""A source brought to its folder: fetched as the lock has it, checked, unpacked, put in place."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path

from ..catalogue.sources import Source, load, named
from . import hub, lock, web
from .archives import is_flattened, unpack, unpacked_into
from .lock import AbsentError, Pin, SourceError
from .members import come_alone, parts_of, take
from .places import address_of, is_address, mirrored, place_of
from .remote import NoPartsError
from .split_zip import files_of, is_part

MADE_OF = ".pin"
"""In a fetched folder: the fingerprint of the pin that it was made of and, where of its archives
only a part is there, a hyphen and that part's key."""
Report = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Part:
    """What is wanted of a source's archives.

    key: another where something else is wanted. places: those in the source's folder, of a function
    that is called with the folder when all but the archives is in it.
    """

    key: str
    places: Callable[[Path], Set[str]]


@dataclasses.dataclass(frozen=True)
class Fetched:
    """What came: the pin that it was held to, and of each archive of which only a part came, how
    many files that was."""

    pin: Pin
    parts: Mapping[str, int]


def fetch(
    name: str,
    lock_file: Path,
    out: Path,
    mirror: str = "",
    report: Report = lambda line: None,
    sources: dict[str, Source] | None = None,
    part: Part | None = None,
    naming: str = "--mirror",
) -> Fetched:
    """Bring a source to its folder, whole or not at all.

    What is under way lies in a hidden folder beside `out`, and the next call goes on with it. A
    folder that was made of the same pin is left as it is. mirror: a folder or an address that
    stands in for the source's home, where the files lie as `<name>/<file as in the lock>`. report:
    called with a line at each step. part: all that is wanted of archives; None: everything. An
    archive that is only given whole comes whole, and a line says so. naming: by what the caller
    takes a mirror. Raises RecordError, one line, for a source that is not in the lock, does not
    match it, or cannot be had.
    """
    source = named(name, load() if sources is None else sources)
    try:
        return _fetched(name, source, lock_file, out, mirror, report, part)
    except AbsentError as error:
        asked = f"ask for access at {error.gate}, download it, and name its folder with {naming}"
        remedy = asked if error.gate else web.ADVICE.replace("--mirror", naming)
        raise SourceError(f"{error}; {remedy}") from None


def _fetched(
    name: str,
    source: Source,
    lock_file: Path,
    out: Path,
    mirror: str,
    report: Report,
    part: Part | None,
) -> Fetched:
    pin = lock.entry(lock_file, name, source)
    mark = f"{pin.fingerprint}-{part.key}" if part else pin.fingerprint
    if made_of(out) == mark:
        report(f"{name}: already there")
        return Fetched(pin, {})
    work = _work(out, mark)
    coming = _Coming(name, source, pin, mirror, work / "files", work / "tree", report)
    alone = [file for file in sorted(pin.files) if part and come_alone(file, source, mirror)]
    coming.bring([file for file in sorted(pin.files) if file not in alone])
    coming.tree.mkdir(parents=True, exist_ok=True)
    parts = coming.take(alone, part.places(coming.tree)) if part else {}
    _link(source, coming.tree, out)
    (coming.tree / MADE_OF).write_text(mark + "\n", "utf-8")
    if out.exists():
        shutil.rmtree(out)
    os.replace(coming.tree, out)
    shutil.rmtree(work)
    return Fetched(pin, parts)


def is_fetched(out: Path, pin: Pin) -> bool:
    """Whether a source's folder was made of this pin, of all of it or of a part."""
    return made_of(out).partition("-")[0] == pin.fingerprint


def is_made_of(out: Path, name: str, lock_file: Path) -> bool:
    """Whether a folder is one that was fetched, and of no other source that the lock has."""
    made, pins = made_of(out).partition("-")[0], lock.read(lock_file)
    others = {pin.fingerprint for other, pin in pins.items() if other != name}
    return bool(made) and made not in others


def made_of(out: Path) -> str:
    """What a fetched folder was made of, as text; empty for none."""
    mark = out / MADE_OF
    return mark.read_text("utf-8").strip() if mark.exists() else ""


@dataclasses.dataclass(frozen=True)
class _Coming:
    """A source on its way: `files` as they come, `tree` what is made of them."""

    name: str
    source: Source
    pin: Pin
    mirror: str
    files: Path
    tree: Path
    report: Report

    def bring(self, names: Sequence[str]) -> None:
        """Fetch files, and unpack those that are archives."""
        waiting = [name for name in names if not self._is_here(name)]
        _room(sum(self.pin.files[name].bytes for name in waiting), self.files.parent)
        for name in waiting:
            self.report(f"{self.name}: {name}, {self.pin.files[name].bytes:,} bytes")
            _get(self.name, self.source, self.pin, name, self.files, self.mirror)
        for name in names:
            file, into = self.files / name, unpacked_into(name, self.source)
            if into and not is_part(name) and not _done(file).exists():
                self.report(f"{self.name}: {name} is unpacked")
                _unpack(file, self.tree / into, is_flattened(name, self.source))
            elif not into and file.exists():
                place = self.tree / place_of(name, self.source)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(file, place)

    def take(self, names: Sequence[str], places: Set[str]) -> dict[str, int]:
        """Unpack of archives what belongs to these places; how many files that is, by archive. Of
        one whose server gives it only whole, everything."""
        taken: dict[str, int] = {}
        for name in names:
            if is_part(name):
                continue
            self.report(f"{self.name}: of {name} only what drawn rows need")
            try:
                taken[name] = take(
                    self.name, self.source, self.pin, name, self.mirror, self.tree, places
                )
            except NoPartsError as error:
                self.report(f"{error}, so all of it is fetched")
                self.bring(parts_of(name, self.name, self.pin))
        return taken

    def _is_here(self, name: str) -> bool:
        """Whether an earlier call got a file: unpacked, in its place, or waiting for that."""
        file, pinned = self.files / name, self.pin.files[name]
        if unpacked_into(name, self.source):
            return _done(file).exists() or lock.holds(file, pinned)
        return any(
            lock.holds(place, pinned) for place in (self.tree / place_of(name, self.source), file)
        )


def _work(out: Path, mark: str) -> Path:
    """The folder for what is under way; what was begun for anything else is removed."""
    work = out.with_name(f".{out.name}.fetching-{mark}")
    for begun in out.parent.glob(f".{out.name}.fetching-*"):
        if begun != work:
            shutil.rmtree(begun)
    return work


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
    parts = files_of(archive)
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
