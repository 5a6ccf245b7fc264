"""Write what to observe for each question of the teacher's training sets, shard by shard."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.generation import Focus as FocusSettings
from ..prompts.load import module
from ..runtime.job import Job
from ..study.study import Study
from .stage import StageSettings

NAME = "{shard}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How a focus phrase is written, and which shard of each set: 2-of-3 is the second third."""

    numerics: Numerics
    threads: int
    precision: str
    prompts: str
    focus: FocusSettings
    shard: str


@dataclass(frozen=True)
class Inputs:
    """The language model, and of each training set its samples."""

    reasoner: Path
    samples: list[Path]


@dataclass(frozen=True)
class Outputs:
    """Of each training set the focus phrases of the shard."""

    focus: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{"shard": shard} for shard in study.data.shards() if study.data.is_taught]


def settings(study: Study, shard: str) -> Settings:
    """For one shard of every set."""
    return Settings.of(study, prompts=study.data.worded, shard=shard)


def inputs(study: Study, shard: str) -> Inputs:
    """For one shard of every set."""
    sets = study.configuration.teacher.sets
    return Inputs(
        Path(study.paths.backbone(study.sizes[0])),
        [Path(study.paths.training_set(name)) for name in sets],
    )


def outputs(study: Study, shard: str) -> Outputs:
    """For one shard of every set."""
    sets = study.configuration.teacher.sets
    return Outputs([Path(study.paths.taught(name, shard, "focus")) for name in sets])


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Write the phrases."""
    job.compute()
    from ..extraction.focus_phrases import observe
    from ..extraction.steps import asked, shard
    from ..models.assemble import load_language_model
    from ..prompts.load import load
    from ..records.files import read, write
    from ..records.rows import Focus, Sample
    from ..runtime.digests import digest
    from ..runtime.resume_log import resumed

    settings, prompts = job.settings, load(job.settings.prompts)
    identity = job.identity([job.inputs.reasoner])
    with ExitStack() as logs:
        model, tokenizer = load_language_model(job.inputs.reasoner, settings.precision)
        for path, out in zip(job.inputs.samples, job.outputs.focus, strict=True):
            log = logs.enter_context(resumed(out, f"{identity} {digest(path)}"))
            samples = shard(read(path, Sample), settings.shard)
            questions = [pair for sample in samples for pair in asked(sample, prompts)]
            phrases = observe(
                model,
                tokenizer,
                questions,
                prompts,
                settings.focus.max_new_tokens,
                settings.focus.batch_size,
                log,
            )
            write(out, phrases, Focus)
