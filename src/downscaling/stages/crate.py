"""Describe a finished run as a Workflow Run RO-Crate."""

from __future__ import annotations

import importlib.metadata
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from . import draw, provenance, report
from .stage import StageSettings

SNAKEFILE, RULES = "Snakefile", "workflow/rules"
NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """The configuration, and the version of Snakemake that ran it."""

    preset: str
    configuration: dict[str, Any]
    snakemake: str


@dataclass(frozen=True)
class Inputs:
    """The files of the workflow, the records and measurements of all jobs, and the results."""

    workflow: list[Path]
    records: list[Path]
    measurements: list[Path]
    results: list[Path]
    report: Path


@dataclass(frozen=True)
class Outputs:
    """The metadata, and what lies in the crate beside the results."""

    metadata: Path
    configuration: Path
    workflow: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For the crate."""
    version = importlib.metadata.version("snakemake")
    return Settings.of(study, configuration=study.configuration.values(), snakemake=version)


def _workflow(study: Study) -> list[str]:
    rules = sorted(path.name for path in (study.folder / RULES).glob("*.smk"))
    return [SNAKEFILE, *(f"{RULES}/{name}" for name in rules)]


def inputs(study: Study) -> Inputs:
    """For the crate."""
    paths = study.paths
    scores = ("scores.csv", "scores.parquet", "differences.csv", "parsers.csv", "summary.json")
    probe = ["probe.json"] if study.data.is_rendered else []
    results = [
        *(paths.scores(name) for name in ("graded.parquet", *scores, *probe)),
        *(paths.figure(name, kind) for name in draw.names(study) for kind in draw.SUFFIXES),
        *(
            paths.timed_figure(name, kind)
            for name in draw.names(study, timed=True)
            for kind in draw.SUFFIXES
        ),
        *(paths.costs(kind) for kind in ("csv", "js")),
        *(paths.table(name) for name in report.TABLES),
        *(paths.audit(kind) for kind in ("json", "txt")),
    ]
    last = [paths.job(name) for name in ("report", "costs")]
    return Inputs(
        workflow=[Path(os.path.relpath(study.folder / name)) for name in _workflow(study)],
        records=[*provenance.records(study), *(Path(job.record) for job in last)],
        measurements=[
            *provenance.measurements(study),
            *(Path(job.measurement) for job in last),
        ],
        results=[Path(path) for path in results],
        report=Path(paths.report()),
    )


def outputs(study: Study) -> Outputs:
    """For the crate."""
    return Outputs(
        Path(study.paths.crate()),
        Path(study.paths.workflow("configuration.json")),
        [Path(study.paths.workflow(name)) for name in _workflow(study)],
    )


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Describe."""
    from ..report import crate

    settings, inputs, outputs = job.settings, job.inputs, job.outputs
    crate.write(
        job.root,
        settings.preset,
        settings.configuration,
        settings.snakemake,
        crate.CrateFiles(
            records=inputs.records,
            measurements=inputs.measurements,
            results=[*inputs.results, inputs.report],
            workflow=dict(zip(inputs.workflow, outputs.workflow, strict=True)),
            configuration=outputs.configuration,
        ),
        outputs.metadata,
    )
