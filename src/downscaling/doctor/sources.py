"""Checks of sources, without fetching them: the repository, its revision and access, each file
opened, and the beginnings of those that are read as rows or as a model's description."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from ..catalogue.readers import row_files
from ..catalogue.sources import TOKEN
from ..data import hub
from ..data.archives import is_archive, unpacked_into
from ..data.lock import SourceError
from ..data.places import place_of
from ..data.readers.files import matching
from ..data.remote import BRIEF, TIMEOUT, opened
from ..data.split_zip import is_part
from ..errors import UserError
from ..records.files import RecordError
from .finding import Finding
from .heads import write_head, write_tables
from .hosts import Wanted
from .rows import Lent
from .waiting import together

SECONDS = 300.0
"""For all sources together."""
WEIGHTS = ".safetensors"
TEXT = 64 << 20
"""Bytes of a file of text that is read whole, at most: the largest tokenizer takes 33 MB."""
HEADER = 100 << 20
"""Bytes of a safetensors header at most, as its own library has it."""


@dataclass
class Seen:
    """What was seen of a source: its revision, how many files were opened, and what is wrong or
    keeps it from being seen."""

    revision: str = ""
    files: int = 0
    problems: list[Finding] = field(default_factory=list)


def look(
    sources: Sequence[Wanted],
    readers: Mapping[str, Sequence[Any]],
    lent: Sequence[Lent],
    root: Path,
) -> dict[str, list[Finding]]:
    """Of each source one finding, or one for each thing that is wrong with it.

    readers: what the catalogue says of the layouts that are read of each source. lent: the files
    that are read with the rows of another source, for which their beginnings do not do. root: a
    folder for beginnings of files, which come to lie as the preset's folder has them:
    `raw/<source>` for data, `backbones/<source>` for models.
    """
    asked = [one for one in sources if not one.is_here]
    tasks = {
        one.name: partial(
            _seen,
            one,
            readers.get(one.name, ()),
            {file.file for file in lent if file.source == one.name},
            scratch(one, root),
        )
        for one in asked
    }
    outcomes = together(tasks, SECONDS)
    return {one.name: _told(one.name, outcomes.get(one.name)) for one in sources}


def _told(name: str, outcome: Seen | Exception | None) -> list[Finding]:
    """What came of looking at a source; None where it is fetched already."""
    check = f"source {name}"
    match outcome:
        case None:
            return [Finding(check, "fetched already")]
        case TimeoutError() as late:
            return [Finding(check, str(late), "ask again; or name a mirror in sources.mirrors")]
        case Exception() as error:
            raise error
    where = f" at {outcome.revision[:12]}" if outcome.revision else ""
    return outcome.problems or [Finding(check, f"{outcome.files} files{where}")]


def scratch(one: Wanted, root: Path) -> Path:
    """The folder for a source's beginnings of files."""
    return root / ("backbones" if one.source.kind == "weights" else "raw") / one.name


def _seen(one: Wanted, readers: Sequence[Any], lent: Collection[str], folder: Path) -> Seen:
    check = f"source {one.name}"
    seen = Seen(revision=one.pin.revision if one.pin else one.source.revision)
    names = sorted(one.pin.files if one.pin else one.source.files)
    named = {*one.source.files}
    if one.source.hub and one.mirror:
        if one.pin is None:  # the catalogue has patterns, and no mirror tells what it holds
            told = "not looked at: it has a mirror, and only a pin tells which files to ask it for"
            seen.problems.append(Finding(check, told, is_seen=False))
            return seen
        named = set()
    if one.is_asked_of_hub:
        try:
            there = hub.listing(one.source, seen.revision, TIMEOUT[1], BRIEF)
            seen.revision = there.revision
            gone = sorted(set(names) - there.files.keys()) if one.pin else []
            if gone:
                raise SourceError(f"{one.source.home}: holds no {', no '.join(gone)} any more")
            names = names if one.pin else sorted(there.files)
            named = {*there.files}
        except SourceError as error:
            remedy = (
                f"compare with {one.source.home}; if it moved or changed, correct its entry in the "
                f"catalogue, then: downscaling pin {one.name}"
            )
            return Seen(problems=[Finding(check, str(error), remedy)])
        try:
            hub.admit(one.source, seen.revision, names[0], TIMEOUT[1])
        except SourceError as error:
            remedy = (
                f"accept its terms at {one.source.gated or one.source.home}, and put a token that "
                f"may read it in {TOKEN}; or leave out the runs that name it"
            )
            return Seen(problems=[Finding(check, str(error), remedy)])
    if one.pin and (lacking := sorted(named - one.pin.files.keys())):
        told = f"the lock lacks {', '.join(lacking)}, which the catalogue names"
        seen.problems.append(Finding(check, told, f"downscaling pin {one.name}"))
    rows = _rows(one, names, readers, folder)
    for name in names:
        try:
            with opened(one.name, one.source, seen.revision, name, one.mirror) as stream:
                _begin(one, name, stream, rows.get(name), readers, lent, folder)
            seen.files += 1
        except UserError as error:
            told = str(error).replace(f"{folder}/", "")
            told = told if name in told else f"{name}: {told}"
            seen.problems.append(Finding(check, told, _remedy(one)))
    return seen


def _remedy(one: Wanted) -> str:
    if one.source.gated and not one.source.hub:
        return (
            f"ask for access at {one.source.gated}, download it, and name the folder that holds "
            f"{one.name}/ in sources.mirrors"
        )
    if one.pin is not None:
        return (
            f"if its publisher changed it: downscaling pin {one.name}; else name a mirror in "
            "sources.mirrors"
        )
    return (
        f"compare with {one.source.home}; correct its entry in the catalogue, or name a mirror in "
        f"sources.mirrors; then: downscaling pin {one.name}"
    )


def _rows(
    one: Wanted, names: Sequence[str], readers: Sequence[Any], folder: Path
) -> dict[str, Path]:
    """The files of a source that its readers read rows of, each with its place: found by the
    patterns with which the readers find them, among empty files of the same names."""
    if not readers:
        return {}
    places = {
        folder / place_of(n, one.source): n for n in names if not unpacked_into(n, one.source)
    }
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    found: dict[str, Path] = {}
    for reader in readers:
        try:
            found |= {places[path]: path for path in matching(folder, row_files(reader))}
        except RecordError:
            continue  # the reader itself will tell
    return found


def _begin(
    one: Wanted,
    name: str,
    stream: IO[bytes],
    place: Path | None,
    readers: Sequence[Any],
    lent: Collection[str],
    folder: Path,
) -> None:
    """Read what must be right at a file's beginning, and its length. place: where its first rows
    go, if it has any. lent: places of files that are needed whole. Raises UserError, one line."""
    size = stream.seek(0, 2)
    if one.pin and size != one.pin.files[name].bytes:
        raise SourceError(f"{name}: {size:,} bytes, the lock has {one.pin.files[name].bytes:,}")
    stream.seek(0)
    if one.source.kind == "weights" and name.endswith(WEIGHTS):
        _check_header(name, stream, size)
    elif one.source.kind != "data" or place_of(name, one.source) in lent:
        text = folder / place_of(name, one.source)
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_bytes(stream.read(TEXT))
    elif into := unpacked_into(name, one.source):
        if is_part(name):
            return
        if not is_archive(stream):
            raise SourceError(f"{name}: no archive, perhaps a page that asks for a login")
        stream.seek(0)
        if readers and not all(map(row_files, readers)):
            write_tables(stream, folder / into)
    elif place:
        write_head(stream, place)


def _check_header(name: str, stream: IO[bytes], size: int) -> None:
    """Whether weights begin as safetensors and end where their header says."""
    length = int.from_bytes(stream.read(8), "little")
    try:
        if not 0 < length <= min(HEADER, size - 8):
            raise ValueError("its length is wrong")
        header = json.loads(stream.read(length))
        header.pop("__metadata__", None)
        end = max((tensor["data_offsets"][1] for tensor in header.values()), default=0)
        if 8 + length + end != size:
            raise ValueError(f"it promises {8 + length + end:,} bytes of {size:,}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{name}: no safetensors header ({error})") from None
