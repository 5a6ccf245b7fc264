"""Turn the teacher's descriptions into training conversations; list every row dropped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..prompts.load import module
from ..runtime.job import Job
from ..study.data import EXTRACTION
from ..study.study import Study
from . import teaching
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """The templates, and in how many shards each set was worked on."""

    prompts: str
    shards: int


@dataclass(frozen=True)
class Inputs:
    """Of each set its samples; of each shard of each set, set by set, what was made of it."""

    samples: list[Path]
    focus: list[Path]
    statements: list[Path]
    descriptions: list[Path]
    statements_dropped: list[Path]
    descriptions_dropped: list[Path]
    official: Path | None


@dataclass(frozen=True)
class Outputs:
    """The conversations, and the rows that were dropped."""

    samples: Path
    report: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}] if study.data.is_taught else []


def settings(study: Study) -> Settings:
    """For all sets."""
    return Settings.of(study, shards=study.configuration.teacher.shards)


def inputs(study: Study) -> Inputs:
    """For all sets."""
    sets, shards = study.configuration.teacher.sets, study.data.shards()

    def files(part: str) -> list[Path]:
        return [Path(study.paths.taught(name, shard, part)) for name in sets for shard in shards]

    return Inputs(
        [Path(study.paths.training_set(name)) for name in sets],
        files("focus"),
        files("statements"),
        files("descriptions"),
        files("statements-dropped"),
        files("descriptions-dropped"),
        teaching.official(study),
    )


def outputs(study: Study) -> Outputs:
    """For all sets."""
    return Outputs(
        Path(study.paths.training_set(EXTRACTION)),
        Path(study.paths.dropped_rows()),
    )


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Make the conversations."""
    from ..extraction.steps import TaughtFiles, converse
    from ..prompts.load import load

    inputs, shards = job.inputs, job.settings.shards
    sets = []
    for place, samples in enumerate(inputs.samples):
        part = slice(place * shards, (place + 1) * shards)
        sets.append(
            TaughtFiles(
                samples,
                inputs.focus[part],
                inputs.statements[part],
                inputs.descriptions[part],
                [*inputs.statements_dropped[part], *inputs.descriptions_dropped[part]],
            )
        )
    prompts = load(job.settings.prompts, inputs.official)
    converse(sets, job.outputs.samples, job.outputs.report, prompts)
