"""The jobs of a study, found by what their stages declare: the same that Snakemake finds."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from ..runtime.code_digest import digest
from ..study.paths import is_measured
from ..study.study import Study
from .stage import declared

LAST = ("report", "costs", "crate")
"""The stages that tell of all the others."""


@dataclass(frozen=True)
class StudyJob:
    """One job: its stage, what tells it from others, and its name."""

    stage: ModuleType
    key: dict[str, Any]
    name: str

    @property
    def stage_name(self) -> str:
        """The name of its stage."""
        return self.stage.__name__.rpartition(".")[2]


def job_name(stage: ModuleType, key: dict[str, Any]) -> str:
    """The name of a job: of its stage, then what tells it from the others of the stage."""
    parts = (stage.__name__.rpartition(".")[2], stage.NAME.format(**key))
    return "/".join(filter(None, parts))


def code(study: Study, stage: ModuleType, key: dict[str, Any]) -> str:
    """The digest of the code that makes a job's result. Of a fetched folder its pin says all."""
    name = stage.__name__.rpartition(".")[2]
    if name == "fetch":
        return ""
    chosen = stage.chosen(stage.settings(study, **key)) if hasattr(stage, "chosen") else ()
    return digest(name, tuple(chosen))


def stages() -> list[ModuleType]:
    """The modules that are stages."""
    package = importlib.import_module(__package__ or "")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return [module for module in modules if hasattr(module, "keys")]


@cache
def jobs(study: Study) -> list[StudyJob]:
    """Every job that the study's results rest on, those that they begin with first; without the
    stages in `LAST`."""
    possible, makers = possible_jobs(study), _makers(study)
    wanted = ("grade", "score", "export", "draw", "table", "latency", "validity", "audit")
    ordered: dict[str, StudyJob] = {}
    waiting = [(job, False) for job in reversed(possible) if job.stage_name in wanted]
    while waiting:
        job, is_read = waiting.pop()
        if job.name in ordered:
            continue
        if is_read:
            ordered[job.name] = job
            continue
        waiting.append((job, True))
        read = _files(job.stage.inputs(study, **job.key))
        before = dict.fromkeys(makers[path].name for path in read if path in makers)
        by_name = {makers[path].name: makers[path] for path in read if path in makers}
        waiting += [(by_name[name], False) for name in reversed(before) if name not in ordered]
    return list(ordered.values())


def all_jobs(study: Study) -> list[StudyJob]:
    """Every job of the study, those of the stages in `LAST` included."""
    return [*jobs(study), *(job for job in possible_jobs(study) if job.stage_name in LAST)]


def made_by(study: Study, paths: Iterable[str]) -> dict[str, str]:
    """By path, where its sha256 is written down: in the record of the job that makes it, or in the
    job's measurement where the path is measured. Nothing for records and measurements themselves,
    and for what no job makes."""
    makers = _makers(study)
    root = study.paths.under("")
    written = {}
    for path in paths:
        if path in makers:
            beside = study.paths.job(makers[path].name)
            if path not in (beside.record, beside.measurement):
                is_timed = is_measured(path.removeprefix(root))
                written[path] = beside.measurement if is_timed else beside.record
    return written


@cache
def _makers(study: Study) -> dict[str, StudyJob]:
    """The job that makes a path, of every path that a job makes."""
    makers: dict[str, StudyJob] = {}
    for job in possible_jobs(study):
        beside = study.paths.job(job.name)
        made = [*_files(job.stage.outputs(study, **job.key)), beside.record, beside.measurement]
        makers |= dict.fromkeys(made, job)
    return makers


@cache
def possible_jobs(study: Study) -> list[StudyJob]:
    """Every job that a study may have, whether its results rest on it or a target asks for it."""
    return [
        StudyJob(stage, key, job_name(stage, key))
        for stage in stages()
        for key in stage.keys(study)
    ]


def _files(files: object) -> list[str]:
    """The paths among a stage's inputs or outputs."""
    return [path for paths in declared(files).values() for path in paths]
