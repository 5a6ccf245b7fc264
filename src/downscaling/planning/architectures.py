"""The sizes of models, counted from their config.json: built by transformers without weights.

`configs/` holds what the config.json of each published model says of its shape. Those of Gemma 3
and SmolVLM are from memory; their parameters come out as published. Those of InternVL 2.5 come out
at the sizes of its files, which hold a head beside the embeddings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    LlavaOnevisionForConditionalGeneration,
)

from ..models.assemble import llava_config, shorten
from ..models.folder import check_model
from .assumptions import Conversation

TILES = 13
"""Views of an image of three to four, as most are, in InternVL 2.5 (at most 12 tiles of 448 pixels)
and SmolVLM (tiles of 384, the longer side four of them): 12 tiles and the whole."""
TILED = ("internvl", "idefics3", "smolvlm")
"""Architectures that cut an image into tiles."""


@dataclass(frozen=True)
class LanguageModel:
    """The size of a decoder.

    Attributes:
        hidden: values of a token between layers.
        width: of the products of attention, heads x head size.
        cached: values that a token leaves in the cache of keys and values, in all layers that keep
            it: those with a sliding window keep a few.
        vocabulary: logits of a token.
        parameters: all of them.
        weights: those that every token goes through: the embeddings once, as the head.
    """

    layers: int
    hidden: int
    width: int
    cached: int
    vocabulary: int
    parameters: int
    weights: int


@dataclass(frozen=True)
class Tower:
    """The size of a vision tower.

    Attributes:
        patches: of one view.
        parameters: all of them, with the closing norm, which LLaVA-OneVision carries along unused.
    """

    layers: int
    width: int
    patches: int
    parameters: int


@dataclass(frozen=True)
class Module:
    """What describes or answers: a language model, and a tower where it sees images.

    Attributes:
        scheme: how the study's own architecture cuts an image: "base", or one of tiles.
        tokens, views: of one image in another architecture; 0 in the study's own.
    """

    language: LanguageModel
    tower: Tower | None = None
    scheme: str = "anyres"
    tokens: float = 0
    views: float = 0

    def image_tokens(self, about: Conversation) -> float:
        """Tokens of the images that a question is about."""
        if self.tower is None:
            return 0
        if self.tokens:
            return about.images * self.tokens
        return about.image_tokens(self.scheme, self.tower.patches + 1)  # the newline

    def passes(self, about: Conversation) -> float:
        """Passes of its tower over them."""
        return about.images * self.views if self.tokens else about.passes(self.scheme)


def published_names() -> list[str]:
    """The sources whose config.json is known here."""
    files = (resources.files(__package__) / "configs").iterdir()
    return sorted(file.name.removesuffix(".json") for file in files)


def published_values(source: str) -> dict[str, Any] | None:
    """What the config.json of a published model says of its shape; None where it is not known
    here."""
    if source not in published_names():
        return None
    file = resources.files(__package__) / "configs" / f"{source}.json"
    values: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return values


def published_config(source: str) -> Any | None:
    """The transformers configuration of a published model; None where it is not known here."""
    values = published_values(source)
    return None if values is None else AutoConfig.for_model(**values)


def folder_config(folder: Path) -> Any:
    """The transformers configuration of a folder. Raises ModelError where there is none, or it is
    of a model that only code of its own could build; OSError or ValueError for one that
    transformers does not take."""
    check_model(folder)
    return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def language_model(config: Any) -> LanguageModel:
    """The size of a language model of this configuration."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    embeddings = model.get_input_embeddings().weight
    is_tied = model.get_output_embeddings().weight is embeddings
    parameters = _parameters(model)
    head_size = getattr(config, "head_dim", None)
    head_size = head_size or config.hidden_size // config.num_attention_heads
    key_heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    kinds = getattr(config, "layer_types", None) or []
    sliding = sum(kind == "sliding_attention" for kind in kinds)
    return LanguageModel(
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        width=config.num_attention_heads * head_size,
        cached=2 * (config.num_hidden_layers - sliding) * key_heads * head_size,
        vocabulary=config.vocab_size,
        parameters=parameters,
        weights=parameters if is_tied else parameters - embeddings.numel(),
    )


def tower_config(config: Any) -> Any:
    """The configuration of a backbone's vision tower as the study uses it: a whole SigLIP loses its
    text model, its head and its last layer."""
    vision = getattr(config, "vision_config", config)
    shorten(vision)
    return vision


def tower(config: Any) -> Tower:
    """The size of a vision tower of this configuration."""
    with torch.device("meta"):
        model = AutoModel.from_config(config, trust_remote_code=False)
    side, patch = (_side(size) for size in (config.image_size, config.patch_size))
    return Tower(
        layers=config.num_hidden_layers,
        width=config.hidden_size,
        patches=(side // patch) ** 2,
        parameters=_parameters(model),
    )


def joined_parameters(text: Any, vision: Any) -> int:
    """Of the study's vision-language model with backbones of these configurations."""
    with torch.device("meta"):
        return _parameters(LlavaOnevisionForConditionalGeneration(llava_config(text, vision, 0)))


@cache
def published_module(source: str) -> Module | None:
    """A published model; None where its shape is not known here."""
    config = published_config(source)
    return None if config is None else module(config)


def module(config: Any) -> Module | None:
    """A model of this configuration; None for a mixture of experts, of which a token uses a part,
    and for what transformers cannot build."""
    text, vision = getattr(config, "text_config", config), getattr(config, "vision_config", None)
    if any("experts" in key for key in text.to_dict()):
        return None
    try:
        language = language_model(text)
        seeing = tower(vision) if vision is not None else None
    except (AttributeError, ValueError):
        return None
    if seeing is None or config.model_type == "llava_onevision":
        return Module(language, seeing)
    tokens = getattr(config, "mm_tokens_per_image", None)
    tokens = tokens or getattr(config, "image_seq_length", None)
    tokens = tokens or seeing.patches // getattr(config, "scale_factor", 1) ** 2
    views = TILES if config.model_type in TILED else 1
    return Module(language, seeing, tokens=views * tokens, views=views)


def _parameters(model: torch.nn.Module) -> int:
    """Shared ones once."""
    return sum(weight.numel() for weight in model.parameters())


def _side(size: int | list[int]) -> int:
    """A side in pixels, of a square that may be given as two."""
    return size if isinstance(size, int) else size[0]
