"""Answer from descriptions with a reasoning module; one load serves many perception modules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.generation import Mode, Sampling, ThinkingRule
from ..prompts.load import module
from ..runtime.job import Job
from ..study.runs import ReasoningJob, Run
from ..study.study import Study
from . import teaching
from .modules import described, reasoning_model
from .stage import StageSettings

NAME = "{job.name}/seed-{seed}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How answers are drawn. `names` says whose descriptions each file of answers is about;
    `thinking` is None without thinking."""

    numerics: Numerics
    threads: int
    precision: str
    prompts: str
    answer_form: str
    mode: Mode
    sampling: Sampling
    thinking: ThinkingRule | None
    suppress: list[str]
    batch_size: int
    seed: int
    names: list[str]


@dataclass(frozen=True)
class Inputs:
    """The reasoning module; for each file of answers the questions and the descriptions."""

    reasoner: Path
    official: Path | None
    questions: list[Path]
    descriptions: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The answers: of each perception module, to each benchmark."""

    answers: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    jobs = study.evaluations.reasoning_jobs()
    return [{"job": job, "seed": str(seed)} for job in jobs for seed in study.seeds]


def settings(study: Study, job: ReasoningJob, seed: str) -> Settings:
    """For the runs of one reasoning module."""
    reasoning = study.configuration.reasoning
    thinks = job.mode == "think"
    return Settings.of(
        study,
        mode=job.mode,
        sampling=reasoning.think if thinks else reasoning.plain,
        thinking=reasoning.thinking if thinks else None,
        suppress=reasoning.suppress if thinks and reasoning.thinking == "own" else [],
        batch_size=reasoning.batch_size,
        seed=int(seed),
        names=[f"{perception}, {benchmark}" for perception, benchmark in _files(study, job)],
    )


def inputs(study: Study, job: ReasoningJob, seed: str) -> Inputs:
    """For the runs of one reasoning module."""
    files = _files(study, job)
    return Inputs(
        reasoning_model(study, job.reasoning),
        teaching.official(study),
        [Path(study.paths.questions(benchmark)) for _, benchmark in files],
        [described(study, perception, seed, benchmark) for perception, benchmark in files],
    )


def outputs(study: Study, job: ReasoningJob, seed: str) -> Outputs:
    """For the runs of one reasoning module."""
    return Outputs(
        [
            Path(study.paths.answers(Run(perception, job.reasoning, job.mode), seed, benchmark))
            for perception, benchmark in _files(study, job)
        ]
    )


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> dict[str, int]:
    """Answer."""
    job.compute()
    from ..evaluation.reason import reason
    from ..models.assemble import load_language_model
    from ..prompts.load import load
    from ..prompts.official_texts import reflexive_ids
    from ..records.files import read, write
    from ..records.rows import Answer, Description, Question
    from ..runtime.progress import progress_line

    settings, inputs = job.settings, job.inputs
    prompts = load(settings.prompts, inputs.official)
    official = None
    if settings.thinking == "official" and inputs.official:
        official = reflexive_ids(inputs.official)
    model, tokenizer = load_language_model(inputs.reasoner, settings.precision)
    for name, questions_file, descriptions, out in zip(
        settings.names, inputs.questions, inputs.descriptions, job.outputs.answers, strict=True
    ):
        questions = read(questions_file, Question)
        with job.timing(out), progress_line(f"question of {name}", len(questions)) as progress:
            answers = reason(
                model,
                tokenizer,
                questions,
                read(descriptions, Description),
                settings.mode,
                prompts,
                settings.answer_form,
                settings.sampling,
                settings.suppress,
                official,
                settings.batch_size,
                settings.seed,
                progress,
            )
        write(out, answers, Answer)
    return {"batch_size": settings.batch_size}


def _files(study: Study, job: ReasoningJob) -> list[tuple[str, str]]:
    """Of each file of answers the perception module and the benchmark."""
    runs = [Run(perception, job.reasoning, job.mode) for perception in job.perceptions]
    return [(run.perception, name) for run in runs for name in study.evaluations.answered(run)]
