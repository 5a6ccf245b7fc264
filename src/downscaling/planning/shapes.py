"""The sizes of a study's models: as its recipe, a folder or the publication has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import Qwen3Config, SiglipVisionConfig

from ..config.backbones import Backbones, Shape
from ..config.errors import ConfigError
from ..errors import ModelError, disk_error
from ..study.study import Study
from . import architectures
from .architectures import LanguageModel, Module, Tower

HEAD_SIZE, VOCABULARY = 16, 254
IMAGE, PATCH = 48, 16
"""Of the miniature's own backbones."""


@dataclass(frozen=True)
class Shapes:
    """The sizes of a study's models.

    Attributes:
        languages: of each of the study's sizes its language model.
        joined: of each the parameters of the vision-language model.
        others: the models that were not trained here, by their names, as far as they are known.
    """

    languages: Mapping[str, LanguageModel]
    tower: Tower
    joined: Mapping[str, int]
    others: Mapping[str, Module]


def shapes_of(study: Study) -> Shapes:
    """The sizes of a study's models.

    Raises ConfigError for a backbone whose shape is not known here.
    """
    backbones = study.configuration.backbones
    texts = {size: _config(backbones, size, study.folder) for size in study.sizes}
    vision = architectures.tower_config(_config(backbones, "tower", study.folder))
    return Shapes(
        languages={size: architectures.language_model(text) for size, text in texts.items()},
        tower=architectures.tower(vision),
        joined={s: architectures.joined_parameters(text, vision) for s, text in texts.items()},
        others=_others(study),
    )


def _config(backbones: Backbones, name: str, folder: Path) -> Any:
    """The transformers configuration of a backbone: a size, or the tower."""
    if backbones.source == "shipped":
        return architectures.folder_config(folder / backbones.folder / name)
    if backbones.source == "retrained":
        assert backbones.recipe is not None  # the checks of a configuration see to it
        if name == "tower":
            return _retrained_tower(backbones.recipe.tower)
        return _retrained_language_model(backbones.recipe.ladder[name])
    config = architectures.published_config(backbones.weights[name])
    if config is None:
        raise ConfigError(
            f"config: backbones.weights.{name}: given {backbones.weights[name]}, of unknown shape; "
            f"allowed: {', '.join(architectures.published_names())}"
        )
    return config


def _retrained_language_model(shape: Shape) -> Qwen3Config:
    return Qwen3Config(
        vocab_size=VOCABULARY,
        hidden_size=shape.hidden_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        head_dim=HEAD_SIZE,
        intermediate_size=shape.feed_forward,
        tie_word_embeddings=True,
    )


def _retrained_tower(shape: Shape) -> SiglipVisionConfig:
    return SiglipVisionConfig(
        hidden_size=shape.hidden_size,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        image_size=IMAGE,
        patch_size=PATCH,
        vision_use_head=False,
    )


def _others(study: Study) -> dict[str, Module]:
    """A published model by its source, another by the config.json of its folder."""
    external = study.configuration.external
    modules = {}
    for name, weights in {**external.models, **external.reasoners}.items():
        if weights.source == "hub":
            module = architectures.published_module(weights.model)
        else:
            module = _of_folder(study.folder / weights.model)
        if module is not None:
            modules[name] = module
    return modules


def _of_folder(folder: Path) -> Module | None:
    try:
        return architectures.module(architectures.folder_config(folder))
    except (OSError, ValueError, KeyError, ModelError) as error:
        if failed := disk_error(error, folder):
            raise failed from None
        return None
