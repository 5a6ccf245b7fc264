"""The files of two runs: how many are the same, and which is the first that is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .artifacts import Artifact
from .results_folder import JobNote
from .sides import Side

_SEED = re.compile(r"/seed-(\d+)")


@dataclass(frozen=True)
class FirstDifference:
    """The first file, in the order of the graph, that is not the same in both runs: what is wrong
    with it, and what may be the cause."""

    path: str
    job: str
    what: str
    cause: str


@dataclass(frozen=True)
class FilesCompared:
    """How many of the files that either run made are the same in both."""

    equal: int
    total: int
    first: FirstDifference | None


def compare_files(left: Side, right: Side) -> FilesCompared:
    """Compare the files of two runs; of seeds that only one of them has nothing is compared, nor
    what lies outside the part of a run that one of them is."""
    shared, part = set(left.artifact_seeds) & set(right.artifact_seeds), left.part or right.part
    ours, theirs = _by_path(left, shared, part), _by_path(right, shared, part)
    place = {note.job: number for number, note in enumerate([*left.jobs, *right.jobs][::-1])}
    either = theirs | ours
    order = sorted(either, key=lambda path: (-place[either[path].job], path))
    differing = [path for path in order if not _same(ours.get(path), theirs.get(path))]
    first = None
    if differing:
        path, job = differing[0], either[differing[0]].job
        what, cause = _told(left, right, job, ours.get(path), theirs.get(path))
        first = FirstDifference(path, job, what, cause)
    return FilesCompared(len(order) - len(differing), len(order), first)


def seeds_of(name: str) -> set[str]:
    """The seeds that a path, or the name of a job, is about; none for what is about all."""
    return set(_SEED.findall(name))


def without_seed(name: str) -> str:
    """What jobs of several seeds are alike in: their name but for the seed."""
    return _SEED.sub("", name)


def _by_path(side: Side, seeds: set[str], part: str) -> dict[str, Artifact]:
    named = {one.path: one for one in side.artifacts if one.path.startswith(part)}
    return {path: one for path, one in named.items() if seeds_of(path) <= seeds}


def _same(ours: Artifact | None, theirs: Artifact | None) -> bool:
    return ours is not None and theirs is not None and ours.sha256 == theirs.sha256


def _told(
    left: Side, right: Side, job: str, ours: Artifact | None, theirs: Artifact | None
) -> tuple[str, str]:
    """What is wrong with a file that is not the same in both runs, and what may be the cause."""
    if ours is None or theirs is None:
        where = left.folder if ours is None else right.folder
        return f"is missing from {where}", _cause(left, right, job)
    for side, artifact in ((left, ours), (right, theirs)):
        if not side.is_as_made(artifact):
            return "differs", f"in {side.folder} it is no longer what its job wrote"
    return "differs", _cause(left, right, job)


def _cause(left: Side, right: Side, job: str) -> str:
    """What may have made a job's results differ: all that it began from is the same."""
    ours, theirs = _note(left.jobs, job), _note(right.jobs, job)
    if ours is None or theirs is None:
        return f"{left.folder if ours is None else right.folder} has no such job"
    if ours.settings != theirs.settings:
        return "the job's settings differ"
    if ours.code != theirs.code:
        return f"the job's code differs ({ours.code}, {theirs.code})"
    if ours.libraries != theirs.libraries:
        return f"the libraries differ ({_apart(ours.libraries, theirs.libraries)})"
    return "settings, code and libraries of the job are the same"


def _note(notes: Sequence[JobNote], job: str) -> JobNote | None:
    return next((note for note in notes if note.job == job), None)


def _apart(ours: str, theirs: str) -> str:
    """The versions that differ."""
    both = [dict(one.split(" ") for one in text.split(", ") if one) for text in (ours, theirs)]
    names = dict.fromkeys([*both[0], *both[1]])
    return ", ".join(
        f"{name} {both[0].get(name, 'none')} and {both[1].get(name, 'none')}"
        for name in names
        if both[0].get(name) != both[1].get(name)
    )
