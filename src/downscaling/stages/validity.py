"""Say whether the results are worth reading: the validity table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.roles import Roles
from ..config.scores import Parser
from ..runtime.job import Job
from ..study.runs import Run
from ..study.study import Study
from . import score_files
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Of which models, families, benchmarks and runs; a run is its perception, reasoning, mode."""

    numerics: Numerics
    sizes: list[str]
    roles: Roles
    parser: Parser
    families: list[str]
    names: list[str]
    runs: list[list[str]]


@dataclass(frozen=True)
class Inputs:
    """The score tables; the probe of the tower, where the truth about images is known; the
    questions of the families."""

    scores: Path
    differences: Path
    probe: Path | None
    questions: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The table."""

    table: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For the table."""
    return Settings.of(
        study,
        sizes=study.sizes,
        parser=study.configuration.scores.parser,
        families=study.data.families,
        names=list(study.data.benchmarks),
        runs=[run.listed() for run in study.evaluations.runs()],
    )


def inputs(study: Study) -> Inputs:
    """For the table."""
    return Inputs(
        score_files.scores(study),
        score_files.differences(study),
        Path(study.paths.scores("probe.json")) if study.data.is_rendered else None,
        [Path(study.paths.questions(name)) for name in study.data.families],
    )


def outputs(study: Study) -> Outputs:
    """For the table."""
    return Outputs(Path(study.paths.table("validity")))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Check."""
    from ..figures.table_files import save_table
    from ..figures.validity import validity
    from ..records.files import read
    from ..records.rows import Question
    from ..results.estimate import summed
    from ..results.scores import Scores

    settings, inputs = job.settings, job.inputs
    chance = {}
    for family, file in zip(settings.families, inputs.questions, strict=True):
        guesses = [1 / len(q.options) if q.options else 0.0 for q in read(file, Question)]
        chance[family] = summed(guesses) / len(guesses)
    scores = Scores.read(inputs.scores, inputs.differences, settings.parser)
    probe = json.loads(inputs.probe.read_text("utf-8")) if inputs.probe else None
    runs = [Run(perception, reasoning, mode) for perception, reasoning, mode in settings.runs]
    table = validity(scores, probe, chance, settings.sizes, settings.roles, settings.names, runs)
    save_table(table, job.outputs.table)
