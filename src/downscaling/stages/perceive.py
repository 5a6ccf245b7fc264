"""Describe each question's image with a perception module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.generation import Perception
from ..prompts.load import module as prompts_module
from ..runtime.job import Job
from ..study.study import Study
from . import teaching
from .images import tested_images
from .modules import perception_model
from .stage import StageSettings

NAME = "{module}/seed-{seed}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How descriptions are written, of which benchmarks."""

    numerics: Numerics
    threads: int
    precision: str
    prompts: str
    perception: Perception
    names: list[str]


@dataclass(frozen=True)
class Inputs:
    """The module; of each benchmark its questions, their focus phrases and their images."""

    model: Path
    official: Path | None
    questions: list[Path]
    focus: list[Path]
    images: list[Path]


@dataclass(frozen=True)
class Outputs:
    """Of each benchmark the descriptions."""

    descriptions: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    evaluations = study.evaluations
    return [
        {"module": module, "seed": str(seed)}
        for module in study.models.modules()
        for seed in evaluations.module_seeds(module)
    ]


def settings(study: Study, module: str, seed: str) -> Settings:
    """For one module."""
    return Settings.of(study, names=list(study.data.benchmarks))


def inputs(study: Study, module: str, seed: str) -> Inputs:
    """For one module."""
    benchmarks, paths = study.data.benchmarks, study.paths
    return Inputs(
        perception_model(study, module, seed),
        teaching.official(study),
        [Path(paths.questions(name)) for name in benchmarks],
        [Path(paths.focus(name)) for name in benchmarks],
        tested_images(study, benchmarks),
    )


def outputs(study: Study, module: str, seed: str) -> Outputs:
    """For one module."""
    benchmarks = study.data.benchmarks
    return Outputs([Path(study.paths.descriptions(module, seed, name)) for name in benchmarks])


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [prompts_module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> dict[str, int]:
    """Describe."""
    job.compute()
    from ..evaluation.perceive import perceive
    from ..evaluation.vision_language import load
    from ..prompts.load import load as load_prompts
    from ..records.files import read, write
    from ..records.rows import Description, Focus, Question
    from ..runtime.progress import progress_line

    settings, inputs = job.settings, job.inputs
    prompts = load_prompts(settings.prompts, inputs.official)
    model = load(inputs.model, settings.precision)
    for name, questions_file, focus, out in zip(
        settings.names, inputs.questions, inputs.focus, job.outputs.descriptions, strict=True
    ):
        questions = read(questions_file, Question)
        with job.timing(out), progress_line(f"question of {name}", len(questions)) as progress:
            descriptions = perceive(
                model,
                job.root,
                questions,
                read(focus, Focus),
                prompts,
                settings.perception.max_new_tokens,
                settings.perception.batch_size,
                progress,
            )
        write(out, descriptions, Description)
    return {"batch_size": settings.perception.batch_size}
