"""Pretrain a language model of the miniature's ladder, or its vision tower."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.backbones import LanguageModelPretraining, TowerPretraining
from ..config.block import Numerics
from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings

TOWER = "tower"


NAME = "{backbone}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How the backbone is pretrained: a language model, or the tower; the other is null."""

    numerics: Numerics
    threads: int
    name: str
    language_model: LanguageModelPretraining | None
    tower: TowerPretraining | None


@dataclass(frozen=True)
class Inputs:
    """Nothing: the corpus is drawn."""


@dataclass(frozen=True)
class Outputs:
    """The model."""

    backbone: Folder


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    is_retrained = study.configuration.backbones.source == "retrained"
    return [{"backbone": name} for name in study.models.backbones if is_retrained]


def settings(study: Study, backbone: str) -> Settings:
    """For one backbone."""
    recipe = study.configuration.backbones.recipe
    assert recipe is not None  # the checks of a configuration see to it
    if backbone == TOWER:
        tower = TowerPretraining(**vars(recipe.tower), seed=recipe.seed)
        return Settings.of(study, name=backbone, language_model=None, tower=tower)
    shared = ("steps", "review_steps", "batch_size", "learning_rate", "muon_learning_rate", "seed")
    language_model = LanguageModelPretraining(
        **vars(recipe.ladder[backbone]), **{name: getattr(recipe, name) for name in shared}
    )
    return Settings.of(study, name=backbone, language_model=language_model, tower=None)


def inputs(study: Study, backbone: str) -> Inputs:
    """For one backbone."""
    return Inputs()


def outputs(study: Study, backbone: str) -> Outputs:
    """For one backbone."""
    return Outputs(Path(study.paths.backbone(backbone)))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Pretrain."""
    job.compute()
    from ..miniature import language_model, tower
    from ..runtime.progress import progress_line

    settings, out = job.settings, job.outputs.backbone
    if settings.tower is not None:
        with progress_line("step", settings.tower.steps) as progress:
            tower.pretrain_tower(settings.tower, out, progress)
    if settings.language_model is not None:
        steps = settings.language_model.steps + settings.language_model.review_steps
        with progress_line("step", steps) as progress:
            language_model.pretrain_language_model(settings.language_model, out, progress)
