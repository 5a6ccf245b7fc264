"""From a LLaVA-NeXT checkpoint, as the study's models are released, to a transformers folder.

Strict: a weight that is unknown, missing or of another shape is an error that names it, where the
official converter (load_state_dict with strict=False) would leave a part of the model undrawn.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from transformers import (
    AutoConfig,
    LlavaOnevisionConfig,
    LlavaOnevisionForConditionalGeneration,
    SiglipVisionConfig,
)

from ...errors import ModelError, disk_error
from ..assemble import (
    GRID,
    MAX_TILES,
    add_image_token,
    finish,
    llava_config,
    load_tokenizer,
    save,
    shorten,
)
from ..finite import check_finite_weights
from ..folder import check_model, check_weights, mapping, weight_files
from ..preprocess import Preprocessor
from ..reading import reading
from ..tiling import Tiling

SIGLIP = "google/siglip-so400m-patch14-384"
NAMES = {
    r"model\.vision_tower\.vision_tower\.vision_model\.(.+)": r"model.vision_tower.\1",
    r"model\.mm_projector\.0\.(weight|bias)": r"model.multi_modal_projector.linear_1.\1",
    r"model\.mm_projector\.2\.(weight|bias)": r"model.multi_modal_projector.linear_2.\1",
    r"model\.image_newline": r"model.image_newline",
    r"model\.((?:embed_tokens|layers|norm)\..+)": r"model.language_model.\1",
    r"lm_head\.weight": r"lm_head.weight",
}
"""LLaVA-NeXT's names of weights, and transformers'."""

MEANT = {
    "mm_projector_type": "mlp2x_gelu",
    "mm_patch_merge_type": "spatial_unpad",
    "image_aspect_ratio": MAX_TILES,
}
"""What a checkpoint's configuration must say of how images are read."""

UNSEEN = ("rope_theta", "rms_norm_eps", "hidden_act")
"""Values of a language model that no weight shows, so that the backbone's must be the same."""


def convert(checkpoint: Path, out: Path, backbone: Path, tower: Path | None = None) -> None:
    """Write a LLaVA-NeXT checkpoint as a transformers folder that `load_vision_language_model`
    reads, with the numbers as they are, in the checkpoint's own precision.

    checkpoint: a folder with config.json and safetensors, one file or shards with an index.
    backbone: the language model that it was tuned from, for its kind and tokenizer; the weights
    are not read. tower: the vision tower's folder, for its configuration; None is SigLIP so400m.

    Raises ModelError, one line that names the file, key or weight, for anything not as expected.
    """
    config = check_configuration(checkpoint, backbone, tower)
    tokenizer = load_tokenizer(backbone)
    preprocessor = Preprocessor(tokenizer, config, "anyres-official")  # as it was trained
    with torch.device("meta"):
        model = LlavaOnevisionForConditionalGeneration(config)
    weights = _renamed(_weights(checkpoint), NAMES, checkpoint)
    if config.tie_word_embeddings:
        _tie(weights, checkpoint)
    _check(weights, model, checkpoint)
    model.load_state_dict(weights, strict=True, assign=True)
    model.tie_weights()
    model.config.dtype = model.dtype
    model.config.image_token_index = add_image_token(model, tokenizer)
    finish(model, tokenizer, _ends(checkpoint, backbone))
    save(model, preprocessor, out)


def check_configuration(
    checkpoint: Path, backbone: Path, tower: Path | None = None
) -> LlavaOnevisionConfig:
    """The configuration that a checkpoint gets, from text files alone. Its token for images is not
    known before the weights are. Arguments and errors: as of `convert`."""
    described = _described(checkpoint)
    text = _text_config(described, backbone)
    vision = _vision_config(described, tower)
    shorten(vision)
    config = llava_config(text, vision, image_token=0)
    _check_pinpoints(described, config.image_grid_pinpoints or [])
    _check_length(described, Tiling.of(config).most_tokens)
    return config


def _described(checkpoint: Path) -> dict[str, Any]:
    """The checkpoint's configuration, if its images are read as the study reads them."""
    path = Path(checkpoint) / "config.json"
    if not path.exists():
        raise ModelError(f"{path}: no such file; {checkpoint} holds no checkpoint")
    described = mapping(path)
    for key, meant in MEANT.items():
        if described.get(key) != meant:
            raise ModelError(f"{path}: {key} is {described.get(key)}; allowed: {meant}")
    return described


def _check_pinpoints(described: Mapping[str, Any], meant: list[Any]) -> None:
    """The checkpoint's AnyRes shapes: in pixels, as a list or its text, or in tiles, of which
    LLaVA-NeXT reads the first and the last: "(1x1),...,(6x6)"."""
    given = described.get("image_grid_pinpoints")
    if isinstance(given, str) and "x" in given:
        tiles = re.findall(r"\((\d+)x(\d+)\)", given)
        are_meant = [*tiles[:1], *tiles[-1:]] == [("1", "1"), (str(GRID), str(GRID))]
    else:
        try:
            shapes: Any = ast.literal_eval(given) if isinstance(given, str) else given
            are_meant = sorted(map(list, shapes)) == sorted(meant)
        except (TypeError, ValueError, SyntaxError):
            are_meant = False
    if not are_meant:
        raise ModelError(f"image_grid_pinpoints is {given}; allowed: the 36 from 1x1 to 6x6 tiles")


def _check_length(described: Mapping[str, Any], needed: int) -> None:
    """The tokens at which LLaVA-NeXT cuts a prompt, images included, in evaluation too."""
    limit = described.get("tokenizer_model_max_length")
    if limit is not None and not (isinstance(limit, int | float) and limit >= needed):
        raise ModelError(
            f"tokenizer_model_max_length is {limit}, at which its own code cuts prompts; allowed: "
            f"{needed}, which an image may take, or more"
        )


def _ends(*folders: Path) -> Any:
    """What generation settings name as ends of a turn: those of the first folder that has any."""
    for folder in folders:
        if (settings := Path(folder) / "generation_config.json").exists():
            with reading(folder):
                ends = json.loads(settings.read_bytes()).get("eos_token_id")
            if ends is not None:
                return ends
    return None


def _text_config(described: Mapping[str, Any], backbone: Path) -> Any:
    """The backbone's configuration, with the checkpoint's vocabulary, which may have grown, and
    with its head, tied or not."""
    check_model(backbone)
    with reading(backbone):
        config = AutoConfig.from_pretrained(backbone, trust_remote_code=False)
    values = config.to_dict() | (config.rope_parameters or {})
    for key in UNSEEN:
        if key in described and described[key] != values.get(key):
            raise ModelError(
                f"{key} is {described[key]} in the checkpoint and {values.get(key)} in {backbone}; "
                "give the backbone that it was tuned from"
            )
    for key in ("vocab_size", "tie_word_embeddings"):
        setattr(config, key, described.get(key, getattr(config, key)))
    return config


def _vision_config(described: Mapping[str, Any], tower: Path | None) -> Any:
    """The configuration of the whole tower, its last layer included."""
    if tower is not None:
        check_model(tower)
        with reading(tower):
            config = AutoConfig.from_pretrained(tower, trust_remote_code=False)
        return getattr(config, "vision_config", config)
    named = str(described.get("mm_vision_tower"))
    if Path(named).name != Path(SIGLIP).name:
        raise ModelError(f"mm_vision_tower is {named}, not {SIGLIP}; give its folder with --tower")
    return siglip()


def siglip() -> SiglipVisionConfig:
    """The configuration of google/siglip-so400m-patch14-384, as published."""
    return SiglipVisionConfig(
        hidden_size=1152,
        intermediate_size=4304,
        num_hidden_layers=27,
        num_attention_heads=16,
        image_size=384,
        patch_size=14,
    )


def _weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Every tensor of the checkpoint's safetensors; shards are those that the index lists."""
    weights: dict[str, torch.Tensor] = {}
    for path in weight_files(checkpoint):
        try:
            with safe_open(path, framework="pt") as file:
                held = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, RuntimeError, SafetensorError) as error:
            refusal = ModelError(
                f"{path}: not a readable safetensors file ({error}); fetch it again"
            )
            raise disk_error(error, path) or refusal from None
        check_finite_weights(held.items(), path)
        weights |= held
    check_weights(checkpoint)
    return weights


def _renamed(
    weights: Mapping[str, torch.Tensor], names: Mapping[str, str], checkpoint: Path
) -> dict[str, torch.Tensor]:
    """The weights under transformers' names. names: a pattern of each name, and what it becomes."""
    renamed = {}
    for name, value in weights.items():
        for old, new in names.items():
            if match := re.fullmatch(old, name):
                renamed[match.expand(new)] = value
                break
        else:
            raise ModelError(f"{checkpoint}: unknown weight {name}")
    return renamed


def _tie(weights: dict[str, torch.Tensor], checkpoint: Path) -> None:
    """Let the embeddings be the head; one that was written nonetheless must be the same."""
    embeddings = weights.get("model.language_model.embed_tokens.weight")
    head = weights.get("lm_head.weight", embeddings)
    if embeddings is None or head is None:
        return  # a missing weight, which `_check` names
    if head is not embeddings and not torch.equal(head, embeddings):
        raise ModelError(f"{checkpoint}: lm_head.weight is not the embeddings it is tied to")
    weights["lm_head.weight"] = embeddings


def _check(weights: Mapping[str, torch.Tensor], model: torch.nn.Module, checkpoint: Path) -> None:
    """Hold the weights against those of the model, whose shapes are known already."""
    wanted = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in weights.items()}
    for name in sorted(found.keys() - wanted.keys()):
        raise ModelError(f"{checkpoint}: unknown weight, {name} after renaming")
    for name in sorted(wanted.keys() - found.keys()):
        raise ModelError(f"{checkpoint}: missing weight, {name} after renaming")
    for name, shape in wanted.items():
        if found[name] != shape:
            raise ModelError(
                f"{checkpoint}: {name} after renaming has the shape {found[name]}, must be {shape}"
            )
