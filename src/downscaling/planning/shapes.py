"""The shapes of a study's backbones: as its recipe, its folder or the publication has them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..config.errors import ConfigError
from ..study.study import Study
from .facts import (
    MINIATURE_HEAD_SIZE,
    MINIATURE_VOCABULARY,
    MODULES,
    QWEN3,
    SIGLIP,
    TILES,
    LanguageModel,
    Module,
    Tower,
)

MINIATURE_IMAGE, MINIATURE_PATCH = 48, 16


def language_models(planned: Study, folder: Path) -> dict[str, LanguageModel]:
    """The shape of each size. folder: the Snakefile's.

    Raises ConfigError for a published size that is not known here.
    """
    backbones = planned.configuration.backbones
    if backbones.source == "retrained" and backbones.recipe is not None:
        return {
            size: LanguageModel(
                layers=shape.layers,
                hidden=shape.hidden_size,
                heads=shape.heads,
                kv_heads=shape.heads,
                head_size=MINIATURE_HEAD_SIZE,
                feed_forward=shape.feed_forward,
                vocabulary=MINIATURE_VOCABULARY,
                tied=True,
            )
            for size, shape in backbones.recipe.ladder.items()
        }
    if backbones.source == "shipped":
        shelf = folder / backbones.folder
        return {size: _language_model(_config(shelf / size)) for size in planned.sizes}
    return published(planned.sizes)


def published(sizes: Iterable[str]) -> dict[str, LanguageModel]:
    """The published shape of each size. Raises ConfigError for one that is not known here."""
    for size in sizes:
        if size not in QWEN3:
            raise ConfigError(
                f"config: backbones.sizes: given {size}, of unknown shape; "
                f"allowed: {', '.join(QWEN3)}, or a size that is shipped or retrained"
            )
    return {size: QWEN3[size] for size in sizes}


def vision_tower(planned: Study, folder: Path) -> Tower:
    """The tower's shape, found as those of the language models are."""
    backbones = planned.configuration.backbones
    if backbones.source == "retrained" and backbones.recipe is not None:
        shape = backbones.recipe.tower
        return Tower(
            layers=shape.layers,
            hidden=shape.hidden_size,
            feed_forward=shape.feed_forward,
            image=MINIATURE_IMAGE,
            patch=MINIATURE_PATCH,
        )
    if backbones.source == "shipped":
        config = _config(folder / backbones.folder / "tower")
        return Tower(
            layers=config["num_hidden_layers"] - config.get("vision_use_head", True),
            hidden=config["hidden_size"],
            feed_forward=config["intermediate_size"],
            image=config["image_size"],
            patch=config["patch_size"],
        )
    return SIGLIP


def other_modules(planned: Study, folder: Path) -> dict[str, Module]:
    """The shapes of the models that were not trained here, by their names, as far as they are
    known: a published one's by its source, another's by the config.json of its folder."""
    external = planned.configuration.external
    found = {}
    for name, held in {**external.models, **external.reasoners}.items():
        fetched = held.source == "hub"
        module = MODULES.get(held.model) if fetched else _module(folder / held.model)
        if module is not None:
            found[name] = module
    return found


def _module(folder: Path) -> Module | None:
    """The shape that a folder's config.json describes; None where it leaves some of it to the code,
    or is of a mixture of experts."""
    try:
        config = json.loads((folder / "config.json").read_text())
        text, kind = config.get("text_config", config), config["model_type"]
        language = _language_model(text)
        if any("experts" in key for key in text):
            return None
        if "vision_config" not in config:
            return Module(language)
        vision = config["vision_config"]
        tower = Tower(
            layers=vision["num_hidden_layers"],
            hidden=vision["hidden_size"],
            feed_forward=vision["intermediate_size"],
            image=_side(vision["image_size"]),
            patch=_side(vision["patch_size"]),
        )
    except (KeyError, ValueError):
        return None
    if kind == "llava_onevision":
        return Module(language, tower)
    tokens = config.get("mm_tokens_per_image") or config.get("image_seq_length")
    tokens = tokens or tower.patches // config.get("scale_factor", 1) ** 2
    views = TILES if kind in TILED else 1
    return Module(language, tower, tokens=views * tokens, views=views)


TILED = ("internvl", "idefics3", "smolvlm")
"""Architectures that cut an image into tiles."""


def _side(size: int | list[int]) -> int:
    """A side in pixels, of a square that may be given as two."""
    return size if isinstance(size, int) else size[0]


def _config(folder: Path) -> Any:
    """What a transformers folder says of its model; of a whole SigLIP, of its vision part."""
    config = json.loads((folder / "config.json").read_text())
    return config.get("vision_config", config)


def _language_model(config: Mapping[str, Any]) -> LanguageModel:
    """The shape that the config.json of a transformers folder describes."""
    heads = config["num_attention_heads"]
    return LanguageModel(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads") or heads,
        head_size=config.get("head_dim") or config["hidden_size"] // heads,
        feed_forward=config["intermediate_size"],
        vocabulary=config["vocab_size"],
        tied=config.get("tie_word_embeddings", False),
        normed=config["model_type"].startswith("qwen3"),
        biased=config["model_type"] == "qwen2",
    )
