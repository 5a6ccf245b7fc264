"""Hold the files of a study against the records of its jobs, and the records against each other,
back to the sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..runtime.digests import MANIFEST, SealedFile
from ..study.study import Study
from .accounts import Account, accounts
from .disk import read_disk
from .finding import Finding, Kind
from .lock import unlike_the_lock
from .unknown import unknown


def verify(study: Study) -> list[Finding]:
    """All that is wrong with a study's files, at most one finding for each, those first that others
    are made of; where most results are missing, one for all that are. Every file is read; a line on
    standard error says how far that is.

    Paths start from the working directory, as in the records.
    """
    told = accounts(study)
    evidence = _Evidence(told)
    found = [*evidence.of_sources()]
    for account in told:
        found += [*account.findings, *evidence.of_job(account)]
        found += unlike_the_lock(study, account, evidence.disk)
    found += unknown(study, told)
    by_path: dict[str, Finding] = {}
    for finding in found:
        by_path.setdefault(finding.path, finding)
    return [*_summed_up(study, told, [*by_path.values()])]


def _summed_up(study: Study, told: Sequence[Account], found: list[Finding]) -> Iterator[Finding]:
    """The findings. Where more than half of the results are missing, nobody deleted them: the study
    was not run here, or is not far, and git alone brought some results. Then one finding stands for
    all of what the preset's folder lacks."""
    results = [path for account in told for path in account.makes]
    missing = sum(not Path(path).exists() for path in results)
    if 2 * missing <= len(results):
        yield from found
        return
    said = f"not run here: {missing:,} of {len(results):,} results are missing"
    remedy = "make study, or downscaling restore"
    yield Finding(study.paths.root, Kind.NOT_RUN, said, remedy=remedy)
    inside = study.paths.under("")
    yield from (one for one in found if one.kind != Kind.MISSING or not one.path.startswith(inside))


class _Evidence:
    """What speaks for each path: what lies there, what its job wrote down, what its readers did."""

    def __init__(self, told: Sequence[Account]) -> None:
        self.makers = {path: account for account in told for path in account.makes}
        beside = {path: one for one in told for path in one.writes_beside}
        self.readers: dict[str, dict[str, Account]] = defaultdict(dict)
        for account in told:
            for path, sha256 in account.read.items():
                self.readers[path].setdefault(sha256, account)
        self.sources = [p for p in self.readers if p not in self.makers and p not in beside]
        folders = [path for account in told for path in account.makes_folders]
        self.disk = read_disk([*self.sources, *self.makers, *beside], folders)
        self.elsewhere = self._by_sha256()

    def of_sources(self) -> Iterator[Finding]:
        """What is wrong with what no job made."""
        for path in self.sources:
            if not self._is_right(path):
                reader = next(iter(self.readers[path].values()))
                is_there = path in self.disk.sha256
                kind = Kind.CHANGED if is_there else Kind.MISSING
                said = f"is not what {reader.job.name} read" if is_there else "is missing"
                remedy = f"restore it, or make anew what was made of it, {reader.makes[0]} first"
                yield Finding(path, kind, said, reader.job.name, remedy=remedy)

    def of_job(self, account: Account) -> Iterator[Finding]:
        """What is wrong with what a job made and wrote down."""
        if account.is_unmade:
            return
        for path in account.writes_beside:
            if path in self.disk.sha256 and not self._is_right(path):
                reader = next(iter(self.readers[path].values()))
                yield account.finding(path, Kind.CHANGED, f"is not what {reader.job.name} read")
        for path in account.makes:
            yield from self._of_result(account, path)
        for path, sha256 in account.read.items():
            if self._is_right(path) and self.disk.sha256[path] != sha256:
                said = f"tells of a job that read another {path} than lies there"
                yield account.finding(account.beside.record, Kind.OUTDATED, said)

    def _of_result(self, account: Account, path: str) -> Iterator[Finding]:
        is_folder = path in account.makes_folders
        now, made = self.disk.sha256.get(path), account.made.get(path)
        named = f"{path}/{MANIFEST}" if is_folder else path
        if now is None:
            is_gone = path not in self.disk.manifests
            yield account.finding(path if is_gone else named, Kind.MISSING, "is missing", path)
        elif self._is_right(path):
            if made and now != made:
                said = f"tells of another {path} than lies there and was read"
                yield account.finding(account.beside.record, Kind.OUTDATED, said)
            for fault in self.disk.faults.get(path, []):
                kind, said = self._told(Kind(fault.wrong), fault.said, fault.sha256)
                yield account.finding(f"{path}/{fault.path}", kind, said, path)
        else:
            kind, said = self._told(Kind.CHANGED, f"is not what {account.job.name} made", now)
            yield account.finding(named, kind, said, path)

    def _is_right(self, path: str) -> bool:
        """Whether what lies at a path is what its job made, by the job's record. Where that says
        nothing, or is the only one to say so, whether it is what was read there."""
        now = self.disk.sha256.get(path)
        made = self.makers[path].made.get(path) if path in self.makers else None
        readers = self.readers.get(path, {})
        if now is None:
            return False
        if made is None:
            return not readers or now in readers
        return now == made or {*readers} == {now}

    def _told(self, kind: Kind, said: str, sha256: str) -> tuple[Kind, str]:
        """What to say of a file with this content: that it is another one, where it is."""
        if owner := self.elsewhere.get(sha256):
            return Kind.SWAPPED, f"holds what belongs into {owner}"
        return kind, said

    def _by_sha256(self) -> dict[str, str]:
        """Where each content belongs."""
        owners: dict[str, str] = {}
        for path, account in self.makers.items():
            if sha256 := account.made.get(path):
                owners.setdefault(sha256, path)
        for folder, held in self.disk.manifests.items():
            for name, entry in (held or {}).items():
                if isinstance(entry, SealedFile):
                    owners.setdefault(entry.sha256, f"{folder}/{name}")
        return owners
