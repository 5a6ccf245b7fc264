"""Probe what the vision tower's features tell of shapes, colours and digits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..runtime.job import Job
from ..study.study import Study
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """The seed of the probe's images."""

    numerics: Numerics
    threads: int
    seed: int


@dataclass(frozen=True)
class Inputs:
    """The tower."""

    tower: Path


@dataclass(frozen=True)
class Outputs:
    """What the probe found."""

    probe: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}] if study.data.is_rendered else []


def settings(study: Study) -> Settings:
    """For the study's tower."""
    return Settings.of(study, seed=study.configuration.data.seed)


def inputs(study: Study) -> Inputs:
    """For the study's tower."""
    return Inputs(Path(study.paths.backbone("tower")))


def outputs(study: Study) -> Outputs:
    """For the study's tower."""
    return Outputs(Path(study.paths.scores("probe.json")))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Probe."""
    job.compute()
    from ..miniature.probe import probe

    probe(job.inputs.tower, job.outputs.probe, job.settings.seed)
