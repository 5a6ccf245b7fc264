"""Vision-language models from a language model and a vision tower, and the door in and out."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoTokenizer,
    LlavaOnevisionConfig,
    LlavaOnevisionForConditionalGeneration,
    PreTrainedTokenizerBase,
)

from ..errors import ModelError
from ..generation.ends import end_ids
from ..records.files import replacing
from .dialogue import IMAGE, fit_template
from .finite import check_finite
from .folder import check_model, check_texts, check_weights
from .preprocess import Preprocessor
from .reading import reading

GRID = 6  # AnyRes tiles a side, as LLaVA-OneVision's (1x1) to (6x6)
MAX_TILES = "anyres_max_9"
NO_TILES = [[0, 0]]
"""The only shape that the file of a model without tiles names: transformers, which tiles a single
image, then takes its base view alone."""
SLACK = 4
"""How many times the numbers in its files a model may have: what it lacks is named, and until then
it takes memory."""


def assemble(
    language_model: Path, tower: Path, images: str, seed: int
) -> tuple[LlavaOnevisionForConditionalGeneration, Preprocessor]:
    """A vision-language model from two backbone folders, with a new connector.

    The connector (two layers, GELU) and the newline vector are drawn with `seed`; every other
    weight comes from the folders. images: "base" (each image squashed to one view), "anyres"
    (LLaVA-OneVision's tiles for a single image) or "anyres-official" (cropped as in LLaVA-NeXT). A
    tokenizer without `<image>` gets it as a new last token, and one whose chat template cannot be
    trained on another (`dialogue.fit_template`).

    Any causal language model of transformers will do. Raises ModelError for one that makes more of
    its last hidden states than a linear head does, which this architecture would leave out.
    """
    text = _load(AutoModelForCausalLM, language_model, torch.float32)
    tokenizer = load_tokenizer(language_model)
    check_vocabulary(text, tokenizer, language_model)
    vision = load_tower(tower)
    image = add_image_token(text, tokenizer)
    config = llava_config(text.config, vision.config, image)
    with torch.device("meta"):  # no second copy of the backbones
        model = LlavaOnevisionForConditionalGeneration(config)
    model.model.language_model, model.model.vision_tower = text.base_model, vision
    model.lm_head = text.get_output_embeddings()
    torch.manual_seed(seed)
    _draw_connector(model)
    model.eval()
    _check_head(text, model, language_model)
    finish(model, tokenizer, text.generation_config.eos_token_id)
    return model, Preprocessor(tokenizer, config, images)


def llava_config(text: Any, vision: Any, image_token: int) -> LlavaOnevisionConfig:
    """The configuration of a LLaVA-OneVision with backbones of these configurations: 36 AnyRes
    shapes, at most nine tiles' worth of tokens, the tower's last hidden state before its norm."""
    return LlavaOnevisionConfig(
        vision_config=_as_saved(vision),
        text_config=_as_saved(text),
        image_token_index=image_token,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        vision_aspect_ratio=MAX_TILES,
        image_grid_pinpoints=_shapes(vision.image_size),
        tie_word_embeddings=text.tie_word_embeddings,
    )


def _shapes(side: int) -> list[list[int]]:
    """Heights and widths in pixels of the boards that tiles of this side may make."""
    return [
        [side * rows, side * columns]
        for rows in range(1, GRID + 1)
        for columns in range(1, GRID + 1)
    ]


def _as_saved(config: Any) -> dict[str, Any]:
    """A backbone's configuration without the folder that it was read from, which would make the
    files of one model differ from folder to folder."""
    return {name: value for name, value in config.to_dict().items() if name != "_name_or_path"}


def add_image_token(model: Any, tokenizer: PreTrainedTokenizerBase) -> int:
    """The id of `<image>`, which a tokenizer without it gets as its last token.

    Where a model has no row left for it, its embeddings grow to a multiple of 64. New rows are the
    mean of the others: no draw decides them, and a mean is never the likeliest token.
    """
    if IMAGE not in tokenizer.get_vocab():
        tokenizer.add_tokens([IMAGE], special_tokens=True)
    held = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > held:
        model.resize_token_embeddings(len(tokenizer), pad_to_multiple_of=64, mean_resizing=False)
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            rows = layer.weight.data
            rows[held:] = rows[:held].float().mean(0).to(rows.dtype)
    return cast(int, tokenizer.convert_tokens_to_ids(IMAGE))


def shorten(vision: Any) -> bool:
    """Make a published SigLIP's vision configuration that of LLaVA-OneVision's tower, which has
    neither the pooling head nor the last layer (LLaVA-NeXT, siglip_encoder.py): 26 of 27 layers.

    Gives False for a tower that has no head, and is one already.
    """
    if not getattr(vision, "vision_use_head", False):
        return False
    vision.vision_use_head = False
    vision.num_hidden_layers -= 1
    return True


def finish(
    model: LlavaOnevisionForConditionalGeneration,
    tokenizer: PreTrainedTokenizerBase,
    named: int | Sequence[int] | None,
) -> None:
    """Give a model its padding token and its ends of a turn: those at which `generate` would stop,
    among them what the generation settings it comes from have `named`. Give its tokenizer a chat
    template to train on."""
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    fit_template(tokenizer)
    model.generation_config.eos_token_id = end_ids(tokenizer, named)
    model.generation_config.pad_token_id = tokenizer.pad_token_id


def _draw_connector(model: LlavaOnevisionForConditionalGeneration) -> None:
    """Draw the connector and the newline vector as widely as transformers does."""
    text: Any = model.config.text_config
    projector = model.model.multi_modal_projector.to_empty(device="cpu")
    for linear in (projector.linear_1, projector.linear_2):
        torch.nn.init.normal_(linear.weight, std=getattr(text, "initializer_range", 0.02))
        torch.nn.init.zeros_(linear.bias)
    newline = torch.randn(text.hidden_size) / math.sqrt(text.hidden_size)
    model.model.image_newline = torch.nn.Parameter(newline)


@torch.inference_mode()
def _check_head(text: Any, model: LlavaOnevisionForConditionalGeneration, folder: Path) -> None:
    """Refuse a language model that, say, caps or scales its logits (Gemma 2, Cohere, Granite)."""
    ids = torch.arange(1, 5)[None]
    if not torch.equal(text(input_ids=ids).logits, model(input_ids=ids).logits):
        kind = type(text).__name__
        raise ModelError(f"{folder}: {kind} is more than its layers and a linear head, not usable")


def load_language_model(
    folder: Path, precision: str = "float32"
) -> tuple[Any, PreTrainedTokenizerBase]:
    """A causal language model and its tokenizer from a transformers folder (safetensors, no remote
    code), on the GPU if there is one. precision: "float32" or "bfloat16"."""
    model = _load(AutoModelForCausalLM, folder, getattr(torch, precision))
    tokenizer = load_tokenizer(folder)
    check_vocabulary(model, tokenizer, folder)
    return _placed(model), tokenizer


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a transformers folder. Raises ModelError where a file is damaged."""
    with reading(folder):
        check_texts(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    return cast(PreTrainedTokenizerBase, tokenizer)


def check_vocabulary(model: Any, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Raise ModelError where a tokenizer writes tokens for which a model has no embedding."""
    rows = model.get_input_embeddings().num_embeddings
    highest = max(tokenizer.get_vocab().values(), default=0)
    if highest >= rows:
        raise ModelError(
            f"{folder}: the tokenizer has a token {highest}, and the embeddings have {rows} rows; "
            "give model and tokenizer of one folder"
        )


def load_tower(folder: Path) -> Any:
    """A vision tower from a transformers folder; of a whole SigLIP, what LLaVA-OneVision uses of
    its vision part (`shorten`)."""
    model = _load(AutoModel, folder, torch.float32)
    vision = getattr(model, "vision_model", model)
    if shorten(vision.config):
        del vision.encoder.layers[-1], vision.head
        vision.use_head = False
    return vision


def load_vision_language_model(
    folder: Path, precision: str = "float32"
) -> tuple[LlavaOnevisionForConditionalGeneration, Preprocessor]:
    """A model that `save` wrote and its preprocessor, on the GPU if there is one."""
    model = _load(LlavaOnevisionForConditionalGeneration, folder, getattr(torch, precision))
    # The file may say NO_TILES, and a tuning that starts from this model may tile.
    model.config.image_grid_pinpoints = _shapes(model.config.vision_config.image_size)
    with reading(folder):
        preprocessor = Preprocessor.from_pretrained(folder, model.config)
    check_vocabulary(model, preprocessor.tokenizer, folder)
    image = preprocessor.tokenizer.convert_tokens_to_ids(IMAGE)
    if image != model.config.image_token_id:
        raise ModelError(
            f"{folder}: {IMAGE} is token {image} of the tokenizer, and config.json has "
            f"image_token_id {model.config.image_token_id}; delete it and make it again"
        )
    return _placed(model), preprocessor


def _placed(model: Any) -> Any:
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def save(
    model: LlavaOnevisionForConditionalGeneration, preprocessor: Preprocessor, folder: Path
) -> None:
    """Write a model as transformers does, for its Auto classes too, whole or not at all."""
    with replacing(folder) as temporary:
        model.save_pretrained(temporary)
        if preprocessor.images == "base":
            config = copy.deepcopy(model.config)
            config.image_grid_pinpoints = NO_TILES
            config.save_pretrained(temporary)
        preprocessor.save_pretrained(temporary)


def _load(kind: Any, folder: Path, dtype: torch.dtype) -> Any:
    """A model from a folder, whole: transformers would draw a weight that is missing at random."""
    check_model(Path(folder))
    with reading(folder):
        _check_size(kind, folder, check_weights(Path(folder)))
        if (named := Path(folder) / "generation_config.json").exists():
            json.loads(named.read_bytes())  # a damaged one counts as missing to transformers
        model, report = kind.from_pretrained(
            folder,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=dtype,
            output_loading_info=True,
        )
    for problem in ("missing_keys", "mismatched_keys", "unexpected_keys"):
        if names := sorted(map(str, report[problem])):
            what = problem.replace("_keys", "")
            raise ModelError(f"{folder}: {len(names)} weights {what}, {names[0]} among them")
    check_finite(model, Path(folder))
    return model


def _check_size(kind: Any, folder: Path, held: int) -> None:
    """Raise ModelError for a configuration of a far larger model than its files hold, before memory
    is taken for it. held: numbers in the files."""
    config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    with torch.device("meta"):
        if kind is LlavaOnevisionForConditionalGeneration:
            model = kind(config)
        else:
            model = kind.from_config(config, trust_remote_code=False)
    described = sum(weight.numel() for weight in model.parameters())
    if described > SLACK * held:
        raise ModelError(
            f"{folder}/config.json: describes {described:,} weights, and the files hold {held:,}; "
            "give a whole model"
        )
