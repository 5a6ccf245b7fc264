"""Bring a published source to its folder, as the lock has it: resumed, checked, unpacked."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings

NAME = "{source}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """What decides a fetched folder: its pin, and what its entry in the catalogue says of how it is
    unpacked. No code counts: a change of it never downloads a hundred gigabytes again."""

    source: str
    pin: str
    entry: dict[str, Any]


@dataclass(frozen=True)
class Inputs:
    """Nothing in the preset's folder."""


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


def settings(study: Study, source: str, folder: str) -> Settings:
    """For one source."""
    from ..data import lock

    pins = lock.read(Path(means(study, source)["lock"]))
    held = study.downloads.catalogue[source]
    entry = held.model_dump(include={"strip", "unpack", "links"})
    if held.flatten:  # a key that is not said stays out: it makes no other folder anew
        entry["flatten"] = list(held.flatten)
    pin = pins[source].fingerprint if source in pins else ""
    return Settings(source=source, pin=pin, entry=entry)


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
    return Inputs()


def outputs(study: Study, source: str, folder: str) -> Outputs:
    """For one source, which gets this folder."""
    return Outputs(Path(folder))


def run(job: Job[Settings, Inputs, Outputs]) -> dict[str, Any]:
    """Fetch."""
    from ..catalogue.sources import load
    from ..data.fetching import fetch

    lock, mirror = Path(job.resource("lock")), str(job.resource("mirror"))
    sources = load(own=[Path(path) for path in json.loads(job.resource("own"))])
    pin = fetch(job.settings.source, lock, job.outputs.folder, mirror, _say, sources)
    return {"revision": pin.revision, "files": len(pin.files), "bytes": pin.bytes}


def _say(line: str) -> None:
    print(line, file=sys.stderr)
