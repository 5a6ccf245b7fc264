"""Add up what a study took: its measurements, as a table and for the report's page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from . import provenance
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Which jobs there are, by their records."""

    records: list[str]


@dataclass(frozen=True)
class Inputs:
    """What each job took, as it says itself and as Snakemake does."""

    measurements: list[Path]
    timings: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The costs of each stage, and the script that brings them to the page."""

    table: Path
    script: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For all jobs."""
    return Settings(records=[str(file) for file in provenance.records(study)])


def inputs(study: Study) -> Inputs:
    """For all jobs."""
    return Inputs(provenance.measurements(study), provenance.timings(study))


def outputs(study: Study) -> Outputs:
    """For all jobs."""
    return Outputs(Path(study.paths.costs("csv")), Path(study.paths.costs("js")))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Add up."""
    from ..report import costs
    from ..report.origins import commit

    costs.write(
        [Path(record).relative_to(job.root).as_posix() for record in job.settings.records],
        job.inputs.measurements,
        job.inputs.timings,
        commit(Path(__file__).parent),
        job.outputs.table,
        job.outputs.script,
    )
