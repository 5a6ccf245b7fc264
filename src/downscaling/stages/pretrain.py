"""Pretrain a language model of the miniature's ladder, or its vision tower."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..config.backbones import Shape, TowerRecipe
from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings

TOWER = "tower"


class Settings(StageSettings):
    """The recipe of one backbone: of a language model its shape and how it is pretrained, or the
    tower's."""

    threads: int
    seed: int
    name: str
    tower: TowerRecipe | None
    shape: Shape | None
    steps: int
    review_steps: int
    batch_size: int
    learning_rate: float
    muon_learning_rate: float


@dataclass(frozen=True)
class Inputs:
    """Nothing: the corpus is drawn."""


@dataclass(frozen=True)
class Outputs:
    """The model."""

    backbone: Folder


def settings(study: Study, backbone: str) -> Settings:
    """For one backbone."""
    recipe = study.configuration.backbones.recipe
    assert recipe is not None  # the checks of a configuration see to it
    is_tower = backbone == TOWER
    return Settings.of(
        study,
        **{name: getattr(recipe, name) for name in type(recipe).model_fields}
        | {
            "name": backbone,
            "tower": recipe.tower if is_tower else None,
            "shape": None if is_tower else recipe.ladder[backbone],
        },
    )


def inputs(study: Study, backbone: str) -> Inputs:
    """For one backbone."""
    return Inputs()


def outputs(study: Study, backbone: str) -> Outputs:
    """For one backbone."""
    return Outputs(Path(study.paths.backbone(backbone)))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Pretrain."""
    job.compute()
    from ..miniature import pretraining
    from ..runtime.progress import progress_line

    settings, out = job.settings, job.outputs.backbone
    if settings.tower is not None:
        with progress_line("pretrain tower", settings.tower.steps) as progress:
            pretraining.pretrain_tower(settings.tower, settings.seed, out, progress)
        return
    assert settings.shape is not None
    with progress_line(f"pretrain {settings.name}", settings.steps) as progress:
        pretraining.pretrain_language_model(settings, out, progress)
