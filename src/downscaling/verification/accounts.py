"""What each job of a study wrote down of the files that it read and made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from ..config.difference import first_difference
from ..records.files import RecordError
from ..runtime import measurement, run_record
from ..runtime.run_record import RunRecord
from ..stages.graph import StudyJob, all_jobs, possible_jobs
from ..stages.stage import declared, folders
from ..study.paths import JobPaths
from ..study.study import Study
from .finding import Finding, Kind


@dataclass(frozen=True)
class Account:
    """A job: what it reads and makes by the configuration, and what it wrote down of that.

    Attributes:
        job: it.
        beside: where its record and its measurement lie.
        reads, makes: paths, by the configuration; of these, `makes_folders` are sealed folders.
        read, made: the sha256 of paths, as the job wrote them down; nothing where its record is not
            to be trusted. No name of a folder ends in a slash.
        findings: what is wrong with its record and its measurement.
    """

    job: StudyJob
    beside: JobPaths
    reads: list[str]
    makes: list[str]
    makes_folders: set[str]
    read: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def writes_beside(self) -> tuple[str, str]:
        """Its record and its measurement."""
        return self.beside.record, self.beside.measurement

    @property
    def is_unmade(self) -> bool:
        """Whether nothing of it is there: it has not run."""
        return not any(Path(path).exists() for path in (self.beside.record, *self.makes))

    def finding(self, path: str, kind: Kind, said: str, target: str = "") -> Finding:
        """What is wrong with something that the job makes."""
        return Finding(path, kind, said, self.job.name, target or path)


def accounts(study: Study) -> list[Account]:
    """The account of each job, in the order of the graph; then of those on which no result rests,
    and which ran because a target, such as `models`, asked for them."""
    jobs = all_jobs(study)
    needed = {job.name for job in jobs}
    others = [job for job in possible_jobs(study) if job.name not in needed]
    jobs += [job for job in others if Path(study.paths.job(job.name).record).exists()]
    return [_account(study, job) for job in jobs]


def _account(study: Study, job: StudyJob) -> Account:
    reads = [*chain(*declared(job.stage.inputs(study, **job.key)).values())]
    outputs = job.stage.outputs(study, **job.key)
    makes, whole = declared(outputs), folders(outputs)
    made_folders = {path for name in whole for path in makes[name]}
    beside = study.paths.job(job.name)
    account = Account(job, beside, reads, [*chain(*makes.values())], made_folders)
    if account.is_unmade:
        said = f"is missing, and so is all else that {job.name} makes"
        account.findings.append(account.finding(account.makes[0], Kind.MISSING, said))
        return account
    try:
        record = run_record.read(Path(account.beside.record))
    except RecordError:
        account.findings.append(_unreadable(account, account.beside.record, "the record"))
        return account
    measured: dict[str, str] = {}
    try:
        measured = measurement.read(Path(account.beside.measurement)).digests
    except RecordError:
        path = account.beside.measurement
        account.findings.append(_unreadable(account, path, "the measurement"))
    if said := _outdated(study, account, record):
        found = account.finding(account.beside.record, Kind.OUTDATED, said)
        account.findings.append(found)
        return account
    account.read.update(_known(record.paths_read, measured))
    account.made.update(_known(record.paths_written, measured))
    return account


def _unreadable(account: Account, path: str, what: str) -> Finding:
    if not Path(path).exists():
        return account.finding(path, Kind.MISSING, "is missing")
    return account.finding(path, Kind.CHANGED, f"is not {what} of a job any more")


def _outdated(study: Study, account: Account, record: RunRecord) -> str:
    """Why a record is not that of the job; "" where it is."""
    if strange := sorted(_names(record.paths_written) - {*account.makes}):
        return f"is the record of another job, which made {strange[0]}"
    for wrote, files, does in (
        (record.paths_written, account.makes, "made"),
        (record.paths_read, account.reads, "read"),
    ):
        if apart := sorted(_names(wrote) ^ {*files}):
            return f"is of another run, which {does} other files: {apart[0]} is the first"
    job = account.job
    settings = job.stage.settings(study, **job.key).values()
    if key := first_difference(record.settings, settings, lambda key: True):
        values = [f"{value!r}"[:40] for value in (key.ours, key.theirs)]
        return f"is of another run: {key.key} was {values[0]}, the configuration has {values[1]}"
    return ""


def _names(wrote: Mapping[str, str]) -> set[str]:
    return {path.rstrip("/") for path in wrote}


def _known(wrote: Mapping[str, str], measured: Mapping[str, str]) -> dict[str, str]:
    """The sha256 of each path; of what is measured they stand in the measurement."""
    known = {path.rstrip("/"): sha256 or measured.get(path, "") for path, sha256 in wrote.items()}
    return {path: sha256 for path, sha256 in known.items() if sha256}
