"""Write the paper's Table 2, with the training samples that each row's model saw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.roles import Roles
from ..config.scores import Parser
from ..runtime.job import Job
from ..study.study import Study
from . import score_files, tune
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Of which models, and of which tuning each record is."""

    numerics: Numerics
    sizes: list[str]
    roles: Roles
    parser: Parser
    tunings: list[str]


@dataclass(frozen=True)
class Inputs:
    """The score tables; how far trainings lie apart in a reference, if one is named; and the
    records of the tunings that the configuration has."""

    scores: Path
    differences: Path
    spread: Path | None
    records: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The table."""

    table: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For the table."""
    parser = study.configuration.scores.parser
    return Settings.of(study, sizes=study.sizes, parser=parser, tunings=tune.recorded(study))


def inputs(study: Study) -> Inputs:
    """For the table."""
    tables = score_files.scores(study), score_files.differences(study)
    return Inputs(*tables, score_files.spread(study), tune.records(study))


def outputs(study: Study) -> Outputs:
    """For the table."""
    return Outputs(Path(study.paths.table("table2")))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Write."""
    from ..figures import table_2
    from ..figures.table_files import save_table
    from ..results.scores import Scores
    from ..results.training_samples import seen

    settings, inputs = job.settings, job.inputs
    samples = seen(settings.tunings, inputs.records)
    visual = {tuning: told["visual_samples"] for tuning, told in samples.items()}
    scores = Scores.read(inputs.scores, inputs.differences, settings.parser, inputs.spread)
    table = table_2.table(scores, settings.sizes, settings.roles, visual)
    save_table(table, job.outputs.table)
