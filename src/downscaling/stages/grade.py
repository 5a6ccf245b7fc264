"""Grade every answer once, under every answer parser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from . import scored
from .scored import AnswersOf
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Whose answers each file holds, and what the files of questions are about."""

    answers: list[AnswersOf]
    families: int
    names: list[str]


@dataclass(frozen=True)
class Inputs:
    """The questions of the families and then of each benchmark, and the answers."""

    questions: list[Path]
    answers: list[Path]


@dataclass(frozen=True)
class Outputs:
    """One row a run, seed and question."""

    graded: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For all runs."""
    return Settings(
        answers=scored.answer_sets(study),
        families=len(study.data.families),
        names=list(study.data.benchmarks),
    )


def inputs(study: Study) -> Inputs:
    """For all runs."""
    return Inputs(scored.questions_files(study), scored.answers(study))


def outputs(study: Study) -> Outputs:
    """For all runs."""
    return Outputs(Path(study.paths.scores("graded.parquet")))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Grade."""
    from ..records.files import write
    from ..records.rows import GradedAnswer
    from ..scoring.grade import grade

    settings = job.settings
    questions = scored.questions_by_benchmark(
        job.inputs.questions, settings.families, settings.names
    )
    graded = [
        row
        for one, file in zip(settings.answers, job.inputs.answers, strict=True)
        for row in grade(
            scored.as_run(one), str(one.seed), one.benchmark, file, questions[one.benchmark]
        )
    ]
    write(job.outputs.graded, graded, GradedAnswer)
