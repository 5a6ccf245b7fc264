"""Where the models lie that a configuration names in its runs."""

from __future__ import annotations

import os
from pathlib import Path

from ..config.external import Weights
from ..study.runs import GOLD
from ..study.study import Study


def perception_model(study: Study, module: str, seed: str) -> Path:
    """The folder of a perception module or end-to-end model: tuned here, released and converted,
    or of others."""
    weights = study.models.external_weights(module)
    if weights is not None:
        return _external(study, module, weights)
    if module in [f"{name}-{size}" for name, size in study.models.released()]:
        return Path(study.paths.converted(module))
    return Path(study.paths.model(module, seed))


def reasoning_model(study: Study, name: str) -> Path:
    """The folder of a reasoning module: a size, or a model of another family."""
    weights = study.models.external_weights(name)
    return Path(study.paths.backbone(name)) if weights is None else _external(study, name, weights)


def perception_models(study: Study, seed: str) -> dict[str, Path]:
    """The folders of all that see images, by name."""
    return {name: perception_model(study, name, seed) for name in study.models.modules()}


def reasoning_models(study: Study) -> dict[str, Path]:
    """The folders of all that answer from text, by name."""
    names = [*study.sizes, *study.configuration.external.reasoners]
    return {name: reasoning_model(study, name) for name in names}


def described(study: Study, perception: str, seed: str, benchmark: str) -> Path:
    """The descriptions that a reasoning module reads: a perception module's, or the true ones."""
    if perception == GOLD:
        return Path(study.paths.gold(study.data.truth_of(benchmark)))
    is_every_seed = study.evaluations.module_seeds(perception) == study.seeds
    made_with = seed if is_every_seed else str(study.seeds[0])
    return Path(study.paths.descriptions(perception, made_with, benchmark))


def _external(study: Study, name: str, weights: Weights) -> Path:
    if weights.form:
        return Path(study.paths.converted(name))
    if weights.source == "hub":
        return Path(study.paths.backbone(weights.model))
    return Path(os.path.relpath(study.folder / weights.model))
