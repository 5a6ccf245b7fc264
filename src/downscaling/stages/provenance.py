"""The records and timings of the jobs behind a study's results."""

from __future__ import annotations

from pathlib import Path

from ..study.study import Study
from .graph import jobs


def records(study: Study) -> list[Path]:
    """The record of each job, in the order of the study."""
    return [Path(study.paths.job(job.name).record) for job in jobs(study)]


def timings(study: Study) -> dict[str, list[Path]]:
    """By stage, the files in which Snakemake wrote what each job took."""
    files: dict[str, list[Path]] = {}
    for job in jobs(study):
        files.setdefault(job.stage_name, []).append(Path(study.paths.job(job.name).timing))
    return files
