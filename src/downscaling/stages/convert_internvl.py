"""Turn a published InternVL 2.5 into a transformers folder; no weight may be left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings

NAME = "{module}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Nothing: a conversion is what its inputs make it."""


@dataclass(frozen=True)
class Inputs:
    """The checkpoint as published, and a model of its shape in transformers' form."""

    checkpoint: Path
    form: Path


@dataclass(frozen=True)
class Outputs:
    """The model."""

    model: Folder


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{"module": name} for name in study.models.in_own_form()]


def settings(study: Study, module: str) -> Settings:
    """For one model of `external`."""
    return Settings()


def inputs(study: Study, module: str) -> Inputs:
    """For one model of `external`."""
    weights = study.configuration.external.models[module]
    assert weights.form is not None
    return Inputs(*(Path(study.paths.backbone(name)) for name in (weights.model, weights.form)))


def outputs(study: Study, module: str) -> Outputs:
    """For one model of `external`."""
    return Outputs(Path(study.paths.converted(module)))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Convert."""
    from ..models.converters.internvl import convert_internvl

    convert_internvl(job.inputs.checkpoint, job.inputs.form, job.outputs.model)
