"""Render the miniature's data sets in their published layouts, and the truth about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.data import Data
from ..prompts.load import module
from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How many questions of which kind, how they are worded, and for which benchmarks."""

    numerics: Numerics
    data: Data
    prompts: str
    answer_form: str
    benchmarks: list[str]


@dataclass(frozen=True)
class Inputs:
    """Nothing: all is drawn."""


@dataclass(frozen=True)
class Outputs:
    """The data sets, each a folder; what was drawn; of each benchmark, in their order, the true
    descriptions and the facts."""

    raw: list[Folder]
    scenes: Path
    gold: list[Path]
    facts: list[Path]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}] if study.data.is_rendered else []


def settings(study: Study) -> Settings:
    """For all of them."""
    return Settings.of(
        study, prompts=study.data.worded, benchmarks=list(study.data.rendered_benchmarks())
    )


def inputs(study: Study) -> Inputs:
    """For all of them."""
    return Inputs()


def outputs(study: Study) -> Outputs:
    """For all of them."""
    truths = study.data.rendered_benchmarks().values()
    return Outputs(
        [Path(study.paths.raw(source)) for source in study.data.rendered_sources()],
        Path(study.paths.scenes()),
        [Path(study.paths.gold(truth)) for truth in truths],
        [Path(study.paths.facts(truth)) for truth in truths],
    )


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Render."""
    from ..miniature import layouts
    from ..miniature.sets import Rendering
    from ..prompts.load import load

    outputs, settings = job.outputs, job.settings
    layouts.write(
        job.root,
        {folder.name: folder for folder in outputs.raw},
        outputs.scenes,
        dict(zip(settings.benchmarks, outputs.gold, strict=True)),
        dict(zip(settings.benchmarks, outputs.facts, strict=True)),
        Rendering(settings.data, load(settings.prompts), settings.answer_form),
    )
