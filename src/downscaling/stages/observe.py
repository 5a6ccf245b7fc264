"""Write what to observe for each question of the benchmarks, by the largest language model."""

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

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How a focus phrase is written."""

    numerics: Numerics
    threads: int
    precision: str
    prompts: str
    focus: FocusSettings


@dataclass(frozen=True)
class Inputs:
    """The language model, and of each benchmark its questions."""

    reasoner: Path
    questions: list[Path]


@dataclass(frozen=True)
class Outputs:
    """Of each benchmark its focus phrases."""

    focus: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}] if study.data.written_phrases() else []


def settings(study: Study) -> Settings:
    """For all benchmarks without published phrases."""
    return Settings.of(study, prompts=study.data.worded)


def inputs(study: Study) -> Inputs:
    """For all benchmarks without published phrases."""
    return Inputs(
        Path(study.paths.backbone(study.sizes[0])),
        [Path(study.paths.questions(name)) for name in study.data.written_phrases()],
    )


def outputs(study: Study) -> Outputs:
    """For all benchmarks without published phrases."""
    return Outputs([Path(study.paths.focus(name)) for name in study.data.written_phrases()])


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Write the phrases."""
    job.compute()
    from ..extraction.focus_phrases import observe
    from ..models.assemble import load_language_model
    from ..prompts.load import load
    from ..records.files import read, write
    from ..records.rows import Focus, Question
    from ..runtime.digests import digest
    from ..runtime.resume_log import resumed

    settings = job.settings
    identity = job.identity([job.inputs.reasoner])
    with ExitStack() as logs:
        model, tokenizer = load_language_model(job.inputs.reasoner, settings.precision)
        for path, out in zip(job.inputs.questions, job.outputs.focus, strict=True):
            log = logs.enter_context(resumed(out, f"{identity} {digest(path)}"))
            questions = [(question.id, question.text) for question in read(path, Question)]
            phrases = observe(
                model,
                tokenizer,
                questions,
                load(settings.prompts),
                settings.focus.max_new_tokens,
                settings.focus.batch_size,
                log,
            )
            write(out, phrases, Focus)
