"""Bring a study's results from a DVC remote to a clone, so that Snakemake has nothing to do."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from ..study.paths import is_measured
from ..study.study import Study
from .finding import Finding
from .verify import verify

if TYPE_CHECKING:
    from dvc.output import Output
    from dvc.repo import Repo
    from dvc_data.hashfile.db import HashFileDB
    from dvc_data.hashfile.hash_info import HashInfo

SHOWN = 5
"""Edited files that are named."""
SCRIPTS = "workflow/scripts"


class RestoreError(UserError):
    """Results cannot be restored; the message is one line a user can act on."""


@dataclass(frozen=True)
class Lost:
    """An object that a remote does not give as it was pushed.

    Attributes:
        path: the file, or the folder whose list of files it is.
        object: the md5 by which DVC knows it.
        remote: the remote's name and address.
        is_there: whether the remote has an object of that name, which then is damaged.
    """

    path: str
    object: str
    remote: str
    is_there: bool

    @property
    def line(self) -> str:
        """What, where, what to do."""
        wrong = "is damaged in" if self.is_there else "is missing from"
        where = f"{self.path}: object {self.object} {wrong} the remote {self.remote}"
        return f"{where}; push it anew from a clone that has it"


def restore(study: Study, remote: str | None = None) -> list[Lost] | list[Finding]:
    """Pull what `dvc.lock` names, hold it against the records of the jobs, and give all results one
    date that is newer than the code. The working directory is the repository's.

    Returns:
        What the remote does not give as it was pushed: then no result was touched. Or what is not
        as its job made it: then dates stay as they are, and Snakemake sees files that are new.

    Raises:
        RestoreError: a tracked file was edited, no remote is known, or DVC refuses.
    """
    _refuse_edits(Path(study.paths.root))
    with _dvc() as repo:
        _refuse_other_scripts(repo)
        name = _named(repo, remote)
        # An object that was damaged in the cache is fetched anew.
        for _ in range(2):
            _fetch(repo, name)
            absent = list(_absent(repo, name))
            if not absent:
                break
        if absent:
            return _lost(repo, name, absent)
        repo.checkout()
    findings = verify(study)
    if not findings:
        _settle(Path(study.paths.root))
    return findings


def _refuse_edits(root: Path) -> None:
    """Snakemake sees an edited script by its date alone, which `_settle` would hide.

    What a run measured anew counts as no edit: it decides no result, and `verify` holds it against
    its records. root: the results folder.
    """
    command = ["git", "status", "--porcelain", "--untracked-files=no", "-z"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise RestoreError(
            f"{Path.cwd()}: not a git repository; restore works in a clone"
        ) from None
    paths = [entry[3:] for entry in told.split("\0") if entry]
    edited = [path for path in paths if not _is_measured(Path(path), root)]
    if edited:
        more = f" and {len(edited) - SHOWN} more" if len(edited) > SHOWN else ""
        raise RestoreError(
            f"edited since the last commit: {', '.join(edited[:SHOWN])}{more}; commit them, or put "
            "them aside with git stash, then restore again"
        )


def _is_measured(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and is_measured(path.relative_to(root).as_posix())


@contextmanager
def _dvc() -> Iterator[Repo]:
    """The repository as DVC sees it, whose errors become one line."""
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    # Its log has a traceback for each object that fails; `Lost` names them.
    for package in ("dvc", "dvc_data", "dvc_objects"):
        logging.getLogger(package).setLevel(logging.CRITICAL)
    try:
        with Repo(os.curdir) as repo:
            yield repo
    except DvcException as error:
        said = " ".join(str(error).split())
        raise RestoreError(f"DVC: {said}") from None


def _refuse_other_scripts(repo: Repo) -> None:
    """A committed change of a script would be hidden, too."""
    deps = [dep for stage in repo.index.stages for dep in stage.deps if dep.def_path == SCRIPTS]
    if any(dep.changed_checksum() for dep in deps):
        raise RestoreError(
            f"{SCRIPTS}: not those that made the results of dvc.lock; check out the commit that "
            "made them, or make them anew with snakemake"
        )


def _named(repo: Repo, remote: str | None) -> str:
    """The remote's name."""
    known = repo.config["remote"]
    name = remote or repo.config["core"].get("remote")
    if name in known:
        return str(name)
    given = f"no remote {name!r}" if name else "no remote is named"
    has = f"there are {', '.join(known)}" if known else "the repository has none of its own"
    raise RestoreError(f"{given}, and {has}; name one: dvc remote add --default NAME URL")


def _fetch(repo: Repo, name: str) -> None:
    """Bring to the cache what is not in it; what is not what it should be is not kept."""
    from dvc.exceptions import DvcException
    from dvc_objects.errors import ObjectFormatError

    # Each kind of remote has errors of its own.
    try:
        remote = repo.cloud.get_remote(name)
        remote.fs.exists(remote.path)
    except Exception as error:
        said = " ".join(str(error).split())
        raise RestoreError(f"the remote {_told(repo, name)} cannot be read ({said})") from None
    # The cache will show which objects failed.
    with suppress(DvcException, ObjectFormatError, FileNotFoundError):
        repo.fetch(remote=name, config={"remote": {name: {"verify": True}}})


def _absent(repo: Repo, name: str) -> Iterator[tuple[str, str]]:
    """What the cache lacks, as path and object. What is damaged in it is removed from it."""
    odb = repo.cloud.get_remote_odb(name)
    for out in repo.index.outs:
        if not out.use_cache:
            continue
        own = str(out.hash_info.value)
        is_whole = _is_whole(out, own)
        lacking = [
            ("/".join((out.def_path, *key)), str(held.value))
            for key, _, held in _listed(out, out.cache if is_whole else odb)
            if not _is_whole(out, str(held.value))
        ]
        if not is_whole and not lacking:
            lacking = [(out.def_path, own)]
        yield from lacking


def _listed(out: Output, odb: HashFileDB) -> Iterable[tuple[tuple[str, ...], Any, HashInfo]]:
    """What a folder holds, by its list: a list does not get into the cache without its files.
    Nothing where the list is missing or damaged."""
    from dvc_data.hashfile.tree import Tree
    from dvc_objects.errors import ObjectFormatError

    if not out.hash_info.isdir:
        return []
    try:
        tree = Tree.load(odb, out.hash_info)
    except (FileNotFoundError, ObjectFormatError):
        return []
    tree.digest()
    return list(tree) if tree.hash_info == out.hash_info else []


def _is_whole(out: Output, oid: str) -> bool:
    """Whether an object in the cache is what its name says."""
    path = Path(out.cache.oid_to_path(oid))
    if not path.is_file():
        return False
    if _md5(out.cache, oid) == oid.removesuffix(".dir"):
        return True
    path.unlink()
    return False


def _md5(odb: HashFileDB, oid: str) -> str:
    """The md5 of an object as it is. DVC would believe its notes, made before it looks."""
    from dvc_data.hashfile.hash import hash_file

    _, found = hash_file(odb.oid_to_path(oid), odb.fs, "md5")
    return str(found.value)


def _lost(repo: Repo, name: str, absent: list[tuple[str, str]]) -> list[Lost]:
    """Which of the absent objects the remote lost: DVC stops at some faults, before others."""
    odb, told = repo.cloud.get_remote_odb(name), _told(repo, name)
    lost = []
    for path, oid in absent:
        is_there = odb.exists(oid)
        if not is_there or _md5(odb, oid) != oid.removesuffix(".dir"):
            lost.append(Lost(path, oid, told, is_there))
    if not lost:
        raise RestoreError(f"{absent[0][0]}: not fetched from {told}; run it again")
    return lost


def _told(repo: Repo, name: str) -> str:
    return f"{name} ({repo.config['remote'][name]['url']})"


def _settle(folder: Path) -> None:
    """Give all results one date, for git and DVC give each file that of its arrival."""
    now = time.time_ns()
    for path in (folder, *folder.rglob("*")):
        os.utime(path, ns=(now, now), follow_symlinks=False)
