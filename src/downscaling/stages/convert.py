"""Turn a released LLaVA-NeXT checkpoint into a transformers folder; no weight may be left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings

NAME = "{released}-{size}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Nothing: a conversion is what its inputs make it."""


@dataclass(frozen=True)
class Inputs:
    """The checkpoint, and the backbones that it was tuned from."""

    checkpoint: Path
    language_model: Path
    tower: Path


@dataclass(frozen=True)
class Outputs:
    """The model."""

    model: Folder


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{"released": name, "size": size} for name, size in study.models.released()]


def settings(study: Study, released: str, size: str) -> Settings:
    """For one released checkpoint."""
    return Settings()


def inputs(study: Study, released: str, size: str) -> Inputs:
    """For one released checkpoint."""
    source = study.configuration.released[released][size]
    names = (source, size, "tower")
    return Inputs(*(Path(study.paths.backbone(name)) for name in names))


def outputs(study: Study, released: str, size: str) -> Outputs:
    """For one released checkpoint."""
    return Outputs(Path(study.paths.converted(f"{released}-{size}")))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Convert."""
    from ..models.converters.llava_next import convert

    inputs = job.inputs
    convert(inputs.checkpoint, job.outputs.model, inputs.language_model, inputs.tower)
