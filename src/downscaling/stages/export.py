"""Write every question with its answer, as lmms-eval logs samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.scores import Parser
from ..runtime.job import Job
from ..study.study import Study
from . import scored
from .scored import AnswersOf
from .stage import Folder, StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Whose readings are written, and what each file holds."""

    parser: Parser
    answers: list[AnswersOf]
    families: int
    names: list[str]


@dataclass(frozen=True)
class Inputs:
    """The graded answers, the scores, the questions and what was written."""

    graded: Path
    scores: Path
    differences: Path
    questions: list[Path]
    answers: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The logs."""

    samples: Folder


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For all runs."""
    return Settings(
        parser=study.configuration.scores.parser,
        answers=scored.answer_sets(study),
        families=len(study.data.families),
        names=list(study.data.benchmarks),
    )


def inputs(study: Study) -> Inputs:
    """For all runs."""
    names = ("graded.parquet", "scores.csv", "differences.csv")
    graded, scores, differences = (Path(study.paths.scores(name)) for name in names)
    files = scored.questions_files(study), scored.answers(study)
    return Inputs(graded, scores, differences, *files)


def outputs(study: Study) -> Outputs:
    """For all runs."""
    return Outputs(Path(study.paths.sample_logs()))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Write."""
    from ..results import sample_logs
    from ..results.scores import Scores

    settings, inputs = job.settings, job.inputs
    keys = map(scored.key_of, settings.answers)
    sample_logs.write(
        inputs.graded,
        Scores.read(inputs.scores, inputs.differences, settings.parser),
        dict(zip(keys, inputs.answers, strict=True)),
        scored.questions_by_benchmark(inputs.questions, settings.families, settings.names),
        job.outputs.samples,
    )
