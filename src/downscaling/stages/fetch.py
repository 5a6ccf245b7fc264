"""Bring a published source to its folder, as the lock has it: resumed, checked, unpacked."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalogue.readers import Makes, SetReader
from ..catalogue.sources import Source
from ..config.block import Block, as_json
from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings, paths

if TYPE_CHECKING:
    from ..data.fetching import Part

NAME = "{source}"
"""What a job is called behind the name of its stage."""


class Rows(Block):
    """A training set or a family: the data set that gives it, what its reader makes of it, how it
    is read, and how many rows are taken at most."""

    source: str
    makes: Makes
    name: str
    reader: SetReader
    most: int


class Settings(StageSettings):
    """What decides a fetched folder: its pin, what its entry in the catalogue says of how it is
    unpacked and, where of its archives only what drawn rows need is fetched, the rows and the seed
    of their draw. No code counts: a change of it never downloads a hundred gigabytes again."""

    source: str
    pin: str
    entry: dict[str, Any]
    rows: list[Rows] | None = None
    seed: int | None = None

    def values(self) -> dict[str, Any]:
        """As of any block; what is not said stays out: it makes no other folder anew."""
        return {key: value for key, value in super().values().items() if value is not None}


@dataclass(frozen=True)
class Inputs:
    """The other data sets whose drawn rows decide what is needed of this source."""

    drawn: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The source's folder."""

    folder: Folder


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    folders = study.downloads.all()
    return [{"source": source, "folder": folder} for source, folder in folders.items()]


def check_lock(study: Study) -> None:
    """Raise RecordError, one line, where something is to be fetched and the lock is none: before
    the first job, and not where Snakemake asks for a job's settings."""
    from ..data import lock

    if study.downloads.all():
        lock.read(study.folder / study.configuration.sources.lock)


def check_pins(study: Study, names: Collection[str]) -> None:
    """Raise RecordError, one line, where the lock lacks sources that are to be fetched, or names a
    file of one that may not be: their jobs would fail beside others that run for hours."""
    from ..data import lock

    file = study.configuration.sources.lock
    pins = lock.read(study.folder / file)
    if lacking := [name for name in names if name not in pins]:
        raise lock.SourceError(
            f"{file}: no entry for {len(lacking)} of {len(names)} sources that are to be fetched; "
            f"{study.downloads.pinning(lacking)}"
        )
    for name in names:
        lock.entry(study.folder / file, name, study.downloads.catalogue[name])


def settings(study: Study, source: str, folder: str) -> Settings:
    """For one source."""
    from ..data import lock

    pins = lock.read(Path(means(study, source)["lock"]))
    held = study.downloads.catalogue[source]
    entry = held.model_dump(include={"strip", "unpack", "links"})
    if held.flatten:  # a key that is not said stays out: it makes no other folder anew
        entry["flatten"] = list(held.flatten)
    pin = pins[source].fingerprint if source in pins else ""
    drawn, counts = study.downloads.drawn_for(source), study.configuration.data
    if not drawn:
        return Settings(source=source, pin=pin, entry=entry)
    rows = [
        Rows(
            source=name,
            makes=makes,
            name=of,
            reader=reader,
            most=counts.train[of] if makes == "samples" else counts.test,
        )
        for name in drawn
        for makes, of, reader in study.data.row_sets(name)
    ]
    return Settings(source=source, pin=pin, entry=entry, rows=rows, seed=counts.seed)


def means(study: Study, source: str) -> dict[str, str]:
    """What a download needs beside its settings: the lock, where the source is had instead of its
    home, and a user's own entries of the catalogue."""
    sources = study.configuration.sources
    return {
        "lock": str(study.folder / sources.lock),
        "mirror": sources.mirrors.get(source, ""),
        "own": json.dumps([str(path) for path in study.downloads.own_entries]),
    }


def inputs(study: Study, source: str, folder: str) -> Inputs:
    """For one source."""
    others = [name for name in study.downloads.drawn_for(source) if name != source]
    return Inputs(paths(*map(study.paths.raw, others)))


def outputs(study: Study, source: str, folder: str) -> Outputs:
    """For one source, which gets this folder."""
    return Outputs(Path(folder))


def run(job: Job[Settings, Inputs, Outputs]) -> dict[str, Any]:
    """Fetch."""
    from ..catalogue.sources import load
    from ..data.fetching import fetch

    lock, mirror = Path(job.resource("lock")), str(job.resource("mirror"))
    sources = load(own=[Path(path) for path in json.loads(job.resource("own"))])
    part = _part(job, sources)
    source, out = job.settings.source, job.outputs.folder
    came = fetch(source, lock, out, mirror, _say, sources, part, "sources.mirrors")
    pin = came.pin
    told = {"revision": pin.revision, "files": len(pin.files), "bytes": pin.bytes}
    return told | ({"only_drawn": dict(came.parts)} if came.parts else {})


def _part(job: Job[Settings, Inputs, Outputs], sources: dict[str, Source]) -> Part | None:
    """What drawn rows need of the source's archives; None where all of them is fetched."""
    from ..data.draws import Draw
    from ..data.fetching import Part, made_of
    from ..data.needed import DrawnSet, places

    settings = job.settings
    if settings.rows is None or settings.seed is None:
        return None
    sets = [
        DrawnSet(one.source, one.makes, one.name, one.reader, Draw(one.most, settings.seed, True))
        for one in settings.rows
    ]
    others = dict.fromkeys(one.source for one in sets if one.source != settings.source)
    folders = dict(zip(others, job.inputs.drawn, strict=True))
    decides = [as_json(settings), *map(made_of, folders.values())]
    return Part(
        hashlib.sha256("\n".join(decides).encode()).hexdigest()[:16],
        lambda tree: places(
            settings.source, sets, folders | {settings.source: tree}, sources, _say
        ),
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr)
