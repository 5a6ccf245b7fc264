"""The records, measurements and timings of the jobs behind a study's results."""

from __future__ import annotations

from pathlib import Path

from ..study.study import Study
from .graph import jobs


def records(study: Study) -> list[Path]:
    """The record of each job, in the order of the study."""
    return [Path(study.paths.job(job.name).record) for job in jobs(study)]


def measurements(study: Study) -> list[Path]:
    """The measurement of each job, in the order of the study."""
    return [Path(study.paths.job(job.name).measurement) for job in jobs(study)]


def timings(study: Study) -> list[Path]:
    """The file in which Snakemake wrote what each job took, in the order of the study."""
    return [Path(study.paths.job(job.name).timing) for job in jobs(study)]
