"""Vision-language models from a language model and a vision tower, and the door in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoTokenizer,
    LlavaOnevisionConfig,
    LlavaOnevisionForConditionalGeneration,
    PreTrainedTokenizerBase,
)

from ..records import replacing
from .preprocess import IMAGE, Preprocessor

GRID = 6  # AnyRes tiles a side, as LLaVA-OneVision's (1x1) to (6x6)
MAX_TILES = "anyres_max_9"


class ModelError(ValueError):
    """A model folder cannot serve; the message is one line a user can act on."""


def assemble(
    language_model: Path, tower: Path, images: str, seed: int
) -> tuple[LlavaOnevisionForConditionalGeneration, Preprocessor]:
    """A vision-language model from two backbone folders, with a new connector.

    The connector (two layers, GELU) and the newline vector are drawn with `seed`; every other
    weight comes from the folders. images: "base" (each image squashed to one view) or "anyres"
    (LLaVA-OneVision's tiles for a single image). A tokenizer without `<image>` gets it as a new
    last token.
    """
    text, tokenizer = load_language_model(language_model)
    vision = load_tower(tower)
    if IMAGE not in tokenizer.get_vocab():
        tokenizer.add_tokens([IMAGE], special_tokens=True)
        if len(tokenizer) > text.get_input_embeddings().num_embeddings:
            text.resize_token_embeddings(len(tokenizer), pad_to_multiple_of=64)
    side = vision.config.image_size
    config = LlavaOnevisionConfig(
        vision_config=vision.config.to_dict(),
        text_config=text.config.to_dict(),
        image_token_index=cast(int, tokenizer.convert_tokens_to_ids(IMAGE)),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        vision_aspect_ratio=MAX_TILES,
        image_grid_pinpoints=[
            [side * rows, side * columns]
            for rows in range(1, GRID + 1)
            for columns in range(1, GRID + 1)
        ],
        tie_word_embeddings=text.config.tie_word_embeddings,
    )
    torch.manual_seed(seed)
    model = LlavaOnevisionForConditionalGeneration(config)
    _copy(text.model, model.model.language_model, language_model)
    _copy(vision, model.model.vision_tower, tower)
    if text.config.tie_word_embeddings:
        model.tie_weights()
    else:
        _copy(text.lm_head, model.lm_head, language_model)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model, Preprocessor(tokenizer, config, images)


def _copy(source: torch.nn.Module, target: torch.nn.Module, folder: Path) -> None:
    """Copy weights strictly: a missing, extra or mis-shaped one is an error that names it."""
    try:
        target.load_state_dict(source.state_dict(), strict=True)
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ModelError(
            f"{folder}: weights do not fit the model built for them: {reason}"
        ) from None


def load_language_model(
    folder: Path, precision: str = "float32"
) -> tuple[Any, PreTrainedTokenizerBase]:
    """A causal language model and its tokenizer from a transformers folder (safetensors, no remote
    code), on the GPU if there is one. precision: "float32" or "bfloat16"."""
    model = _load(AutoModelForCausalLM, folder, getattr(torch, precision))
    return _placed(model), AutoTokenizer.from_pretrained(folder)


def load_tower(folder: Path) -> Any:
    """A vision tower from a transformers folder; of a whole SigLIP, its vision part."""
    model = _load(AutoModel, folder, torch.float32)
    return getattr(model, "vision_model", model)


def load_vision_language_model(
    folder: Path, precision: str = "float32"
) -> tuple[LlavaOnevisionForConditionalGeneration, Preprocessor]:
    """A model that `save` wrote and its preprocessor, on the GPU if there is one."""
    model = _load(LlavaOnevisionForConditionalGeneration, folder, getattr(torch, precision))
    return _placed(model), Preprocessor.from_pretrained(folder, model.config)


def _placed(model: Any) -> Any:
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def save(
    model: LlavaOnevisionForConditionalGeneration, preprocessor: Preprocessor, folder: Path
) -> None:
    """Write a model as transformers does, whole or not at all."""
    with replacing(folder) as temporary:
        model.save_pretrained(temporary)
        preprocessor.save_pretrained(temporary)


def _load(kind: Any, folder: Path, dtype: torch.dtype) -> Any:
    """A model from a folder, whole: transformers would draw a weight that is missing at random."""
    if not (Path(folder) / "config.json").exists():
        raise ModelError(
            f"{folder}: no model here (config.json is missing); make it with snakemake {folder}"
        )
    model, report = kind.from_pretrained(
        folder, use_safetensors=True, dtype=dtype, output_loading_info=True
    )
    for problem in ("missing_keys", "mismatched_keys", "unexpected_keys"):
        if names := sorted(map(str, report[problem])):
            what = problem.replace("_keys", "")
            raise ModelError(f"{folder}: {len(names)} weights {what}, {names[0]} among them")
    return model
