"""Encode the training images once, for every tuning that leaves the vision tower as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..runtime.job import Job
from ..study.study import Study
from .images import training_images
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How the tower computes."""

    numerics: Numerics
    threads: int
    images: str
    batch_size: int


@dataclass(frozen=True)
class Inputs:
    """The tower, the conversations whose images it sees, and the folders of these images."""

    tower: Path
    samples: list[Path]
    images: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The features of each image."""

    features: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For all training images."""
    configuration = study.configuration
    return Settings.of(
        study,
        images=configuration.tuning.images,
        batch_size=configuration.perception.batch_size,
    )


def inputs(study: Study) -> Inputs:
    """For all training images."""
    sets = study.models.featured_sets()
    return Inputs(
        Path(study.paths.backbone("tower")),
        [Path(study.paths.training_set(name)) for name in sets],
        training_images(study, sets),
    )


def outputs(study: Study) -> Outputs:
    """For all training images."""
    return Outputs(Path(study.paths.features()))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Encode."""
    job.compute()
    from ..records.files import read
    from ..records.rows import Sample
    from ..runtime.progress import progress_line
    from ..training.features import compute_features

    samples = (sample for path in job.inputs.samples for sample in read(path, Sample))
    images = sorted({image for sample in samples for image in sample.images})
    with progress_line("image", len(images)) as progress:
        compute_features(
            job.inputs.tower,
            job.root,
            images,
            job.outputs.features,
            job.settings.batch_size,
            progress,
        )
