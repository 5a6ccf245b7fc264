"""The teacher's first step: turn each image's question-answer pairs into statements."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from . import teaching
from .images import training_images
from .stage import StageSettings
from .teaching import TeacherSettings

NAME = "{shard}"
"""What a job is called behind the name of its stage."""


class Settings(TeacherSettings):
    """All that decides the teacher's replies."""


@dataclass(frozen=True)
class Inputs:
    """What the teacher answers from, and of each set its samples."""

    scenes: Path | None
    model: Path | None
    official: Path | None
    samples: list[Path]
    images: list[Path]


@dataclass(frozen=True)
class Outputs:
    """Of each set the statements, and the rows that the teacher failed on."""

    statements: list[Path]
    dropped: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{"shard": shard} for shard in study.data.shards() if study.data.is_taught]


def settings(study: Study, shard: str) -> StageSettings:
    """For one shard of every set."""
    return teaching.settings_of(study, shard)


def inputs(study: Study, shard: str) -> Inputs:
    """For one shard of every set."""
    sets = study.configuration.teacher.sets
    is_oracle = study.configuration.teacher.engine == "oracle"
    return Inputs(
        teaching.scenes(study),
        teaching.model(study),
        teaching.official(study),
        [Path(study.paths.training_set(name)) for name in sets],
        [] if is_oracle else training_images(study, sets),
    )


def outputs(study: Study, shard: str) -> Outputs:
    """For one shard of every set."""
    sets = study.configuration.teacher.sets
    return Outputs(
        [Path(study.paths.taught(name, shard, "statements")) for name in sets],
        [Path(study.paths.taught(name, shard, "statements-dropped")) for name in sets],
    )


def chosen(settings: Settings) -> list[str]:
    """The engine, and the templates."""
    return teaching.modules(settings)


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """State."""
    from ..extraction.steps import make_statements, shard
    from ..extraction.teacher import Dropped, Statements
    from ..prompts.load import load
    from ..records.files import read, write
    from ..records.rows import Sample
    from ..runtime.digests import digest
    from ..runtime.progress import progress_line
    from ..runtime.resume_log import resumed

    inputs, outputs = job.inputs, job.outputs
    prompts = load(job.settings.prompts, inputs.official)
    # Logs stay until all sets are done: Snakemake removes what a failed job has written.
    with ExitStack() as logs:
        teacher, identity = teaching.teacher_of(job), teaching.identity(job)
        for path, out, dropped in zip(
            inputs.samples, outputs.statements, outputs.dropped, strict=True
        ):
            log = logs.enter_context(resumed(out, f"{identity} {digest(path)}"))
            samples = shard(read(path, Sample), job.settings.shard)
            what, done = f"sample of {path.parent.name}", len(log.finished)
            with progress_line(what, len(samples), done) as progress:
                statements, failed = make_statements(samples, teacher, prompts, log, progress)
            write(dropped, failed, Dropped)
            write(out, statements, Statements)
