"""Take the published focus phrases for the questions of a benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.downloads import OFFICIAL
from ..study.study import Study
from .stage import StageSettings

NAME = "{benchmark}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Nothing: the phrases are published."""


@dataclass(frozen=True)
class Inputs:
    """The paper's repository, and the questions."""

    official: Path
    questions: Path


@dataclass(frozen=True)
class Outputs:
    """The phrases."""

    focus: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{"benchmark": name} for name in study.data.published_phrases()]


def settings(study: Study, benchmark: str) -> Settings:
    """For one benchmark."""
    return Settings()


def inputs(study: Study, benchmark: str) -> Inputs:
    """For one benchmark."""
    return Inputs(Path(study.paths.raw(OFFICIAL)), Path(study.paths.questions(benchmark)))


def outputs(study: Study, benchmark: str) -> Outputs:
    """For one benchmark."""
    return Outputs(Path(study.paths.focus(benchmark)))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Take them."""
    from ..prompts.official_texts import focus_of
    from ..records.files import read, write
    from ..records.rows import Focus, Question

    questions = read(job.inputs.questions, Question)
    write(job.outputs.focus, focus_of(job.inputs.official, questions), Focus)
