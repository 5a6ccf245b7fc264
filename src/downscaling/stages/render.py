"""Render the miniature's data sets in their published layouts, and the truth about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..config.data import Data
from ..prompts.load import module
from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings


class Settings(StageSettings):
    """How many questions of which kind, and how they are worded."""

    data: Data
    prompts: str
    answer_form: str


@dataclass(frozen=True)
class Inputs:
    """Nothing: all is drawn."""


@dataclass(frozen=True)
class Outputs:
    """The data sets, each a folder; what was drawn; of each benchmark, in-domain and then
    out-of-domain, the true descriptions and the facts."""

    raw: list[Folder]
    scenes: Path
    gold: list[Path]
    facts: list[Path]


TRUTHS = ("in-domain", "out-of-domain")


def settings(study: Study) -> Settings:
    """For all of them."""
    return Settings.of(study, prompts=study.data.worded)


def inputs(study: Study) -> Inputs:
    """For all of them."""
    return Inputs()


def outputs(study: Study) -> Outputs:
    """For all of them."""
    return Outputs(
        [Path(study.paths.raw(source)) for source in study.data.sources()],
        Path(study.paths.scenes()),
        [Path(study.paths.gold(truth)) for truth in TRUTHS],
        [Path(study.paths.facts(truth)) for truth in TRUTHS],
    )


def chosen(settings: Settings) -> list[str]:
    """The templates."""
    return [module(settings.prompts)]


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Render."""
    from ..miniature import layouts
    from ..prompts.load import load

    outputs, settings = job.outputs, job.settings
    layouts.write(
        {folder.name: folder for folder in outputs.raw},
        outputs.scenes,
        dict(zip(TRUTHS, outputs.gold, strict=True)),
        dict(zip(TRUTHS, outputs.facts, strict=True)),
        settings.data,
        load(settings.prompts),
        settings.answer_form,
    )
