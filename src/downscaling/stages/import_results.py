"""Take in descriptions or answers that were made elsewhere, after a check against the questions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..runtime.job import Job
from ..study.evaluations import ImportedFile
from ..study.study import Study
from .stage import StageSettings

NAME = "{imported.number}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """What the file holds."""

    kind: Literal["descriptions", "answers"]


@dataclass(frozen=True)
class Inputs:
    """The file, and the questions that it must be about."""

    file: Path
    questions: Path


@dataclass(frozen=True)
class Outputs:
    """The same records, in the order of the questions."""

    records: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{"imported": imported} for imported in study.evaluations.imported_files()]


def settings(study: Study, imported: ImportedFile) -> Settings:
    """For one file."""
    return Settings(kind=imported.kind)


def inputs(study: Study, imported: ImportedFile) -> Inputs:
    """For one file."""
    return Inputs(
        Path(os.path.relpath(study.folder / imported.path)),
        Path(study.paths.questions(imported.benchmark)),
    )


def outputs(study: Study, imported: ImportedFile) -> Outputs:
    """For one file."""
    paths, seed, benchmark = study.paths, study.seeds[0], imported.benchmark
    if imported.run is None:
        return Outputs(Path(paths.descriptions(imported.perception, seed, benchmark)))
    return Outputs(Path(paths.answers(imported.run, seed, benchmark)))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Check and copy."""
    from ..evaluation.imported_results import KINDS, accepted
    from ..records.files import read, write
    from ..records.rows import Question

    kind = job.settings.kind
    questions = read(job.inputs.questions, Question)
    write(job.outputs.records, accepted(job.inputs.file, kind, questions), KINDS[kind])
