"""Jobs that make files of the right names, and of no meaning."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

from downscaling.config.block import as_json
from downscaling.runtime.recording import recorded
from downscaling.stages.graph import StudyJob, all_jobs, made_by
from downscaling.stages.stage import declared, folders
from downscaling.study.study import Study

LAST = ("report", "costs", "crate")


def pretend(study: Study) -> None:
    """Do all jobs of a study, below the working directory."""
    jobs = all_jobs(study)
    last = sorted(jobs[-len(LAST) :], key=lambda job: LAST.index(job.stage_name))
    for job in [*jobs[: -len(LAST)], *last]:
        do(study, job)


def do(study: Study, job: StudyJob, files: Iterable[str] = ("config.json", "weights")) -> None:
    """Do one job. files: those of each folder that it makes."""
    inputs = declared(job.stage.inputs(study, **job.key))
    outputs = job.stage.outputs(study, **job.key)
    whole = folders(outputs)
    beside = study.paths.job(job.name)
    with recorded(
        job.stage_name,
        as_json(job.stage.settings(study, **job.key)),
        "",
        Path(study.paths.root),
        _paths(inputs),
        _paths(declared(outputs)),
        Path(beside.record),
        Path(beside.measurement),
        made_by(study, itertools.chain(*inputs.values())),
    ):
        for name, paths in declared(outputs).items():
            for path in paths:
                _write([f"{path}/{file}" for file in files] if name in whole else [path])
    _write([beside.timing])


def _write(files: Iterable[str]) -> None:
    for file in files:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(f"{file}\n" * 9)


def _paths(files: dict[str, list[str]]) -> dict[str, list[Path]]:
    return {name: list(map(Path, paths)) for name, paths in files.items()}
