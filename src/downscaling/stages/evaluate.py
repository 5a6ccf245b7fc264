"""Answer every question with a vision-language model, with its images or blind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.generation import EndToEnd
from ..prompts.load import module as prompts_module
from ..runtime.job import Job
from ..study.runs import END_TO_END, Run
from ..study.study import Study
from .images import tested_images
from .modules import perception_model
from .stage import StageSettings

NAME = "{module}/{mode}/seed-{seed}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How answers are written, and what each file of them answers: the families together, unless
    they are left out, then each benchmark."""

    numerics: Numerics
    threads: int
    precision: str
    prompts: str
    answer_form: str
    end_to_end: EndToEnd
    mode: str
    names: list[str]


@dataclass(frozen=True)
class Inputs:
    """The model; the questions of the families; of each benchmark its questions; all images."""

    model: Path
    families: list[Path]
    benchmarks: list[Path]
    images: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The answers, to the families and then to each benchmark."""

    answers: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    evaluations = study.evaluations
    return [
        {"module": run.perception, "mode": run.mode, "seed": str(seed)}
        for run in evaluations.end_to_end()
        for seed in evaluations.run_seeds(run)
    ]


def settings(study: Study, module: str, mode: str, seed: str) -> Settings:
    """For one model."""
    names = _answered(study, module, mode)
    return Settings.of(study, prompts=study.data.worded, mode=mode, names=names)


def inputs(study: Study, module: str, mode: str, seed: str) -> Inputs:
    """For one model."""
    data, paths = study.data, study.paths
    return Inputs(
        perception_model(study, module, seed),
        [Path(paths.questions(name)) for name in data.families],
        [Path(paths.questions(name)) for name in data.benchmarks],
        tested_images(study, data.tested),
    )


def outputs(study: Study, module: str, mode: str, seed: str) -> Outputs:
    """For one model."""
    run = Run(module, END_TO_END, mode)
    answered = _answered(study, module, mode)
    return Outputs([Path(study.paths.answers(run, seed, name)) for name in answered])


def _answered(study: Study, module: str, mode: str) -> list[str]:
    return study.evaluations.answered(Run(module, END_TO_END, mode))


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [prompts_module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> dict[str, int]:
    """Answer."""
    job.compute()
    from ..evaluation.end_to_end import answer
    from ..evaluation.vision_language import load
    from ..prompts.load import load as load_prompts
    from ..records.files import read, write
    from ..records.rows import Answer, Question
    from ..runtime.progress import progress_line

    settings, inputs = job.settings, job.inputs
    prompts, model = load_prompts(settings.prompts), load(inputs.model, settings.precision)
    families = [inputs.families] if inputs.families else []
    files = [*families, *([file] for file in inputs.benchmarks)]
    for name, questions_files, out in zip(settings.names, files, job.outputs.answers, strict=True):
        questions = [question for file in questions_files for question in read(file, Question)]
        with job.timing(out), progress_line(f"question of {name}", len(questions)) as progress:
            answers = answer(
                model,
                job.root,
                questions,
                settings.mode == "blind",
                prompts,
                settings.answer_form,
                settings.end_to_end.max_new_tokens,
                settings.end_to_end.batch_size,
                progress,
            )
        write(out, answers, Answer)
    return {"batch_size": settings.end_to_end.batch_size}
