"""From an InternVL 2.5 as it is published, whose code is its own, to transformers' class.

Only weights are taken from the publication. Configuration, tokenizer and processor come from a
model of the same shape in transformers' form: for the 2B, OpenGVLab/InternVL2_5-2B-MPO-hf, which
was trained further. Names as in transformers' convert_internvl_weights_to_hf.py, which runs the
publication's code; strict as `convert`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, InternVLConfig, InternVLForConditionalGeneration

from ...errors import ModelError
from ...records.files import replacing
from ..folder import check_model, mapping
from ..reading import reading
from .llava_next import _check, _renamed, _weights

_VISION = r"vision_model\.encoder\.layers\.(\d+)\."
_TEXT = r"language_model\.model\.layers\.(\d+)\."
NAMES = {
    r"vision_model\.embeddings\.class_embedding": r"model.vision_tower.embeddings.cls_token",
    r"vision_model\.embeddings\.position_embedding": (
        r"model.vision_tower.embeddings.position_embeddings"
    ),
    r"vision_model\.embeddings\.patch_embedding\.(.+)": (
        r"model.vision_tower.embeddings.patch_embeddings.projection.\1"
    ),
    _VISION + r"attn\.(qkv\..+)": r"model.vision_tower.encoder.layer.\1.attention.\2",
    _VISION + r"attn\.proj\.(.+)": (
        r"model.vision_tower.encoder.layer.\1.attention.projection_layer.\2"
    ),
    _VISION + r"norm1\.(.+)": r"model.vision_tower.encoder.layer.\1.layernorm_before.\2",
    _VISION + r"norm2\.(.+)": r"model.vision_tower.encoder.layer.\1.layernorm_after.\2",
    _VISION + r"ls([12])": r"model.vision_tower.encoder.layer.\1.lambda_\2",
    _VISION + r"(mlp\..+)": r"model.vision_tower.encoder.layer.\1.\2",
    r"mlp1\.0\.(.+)": r"model.multi_modal_projector.layer_norm.\1",
    r"mlp1\.1\.(.+)": r"model.multi_modal_projector.linear_1.\1",
    r"mlp1\.3\.(.+)": r"model.multi_modal_projector.linear_2.\1",
    # Over Qwen 2.5
    r"language_model\.model\.((?:embed_tokens|norm)\.weight)": r"model.language_model.\1",
    _TEXT + r"((?:self_attn|mlp|\w+_layernorm)\..+)": r"model.language_model.layers.\1.\2",
    r"language_model\.lm_head\.weight": r"lm_head.weight",
    # Over InternLM 2.5, which is a Llama of other names
    r"language_model\.model\.tok_embeddings\.weight": r"model.language_model.embed_tokens.weight",
    _TEXT + r"attention\.(wqkv\.weight)": r"model.language_model.layers.\1.self_attn.\2",
    _TEXT + r"attention\.wo\.weight": r"model.language_model.layers.\1.self_attn.o_proj.weight",
    _TEXT + r"feed_forward\.w1\.weight": r"model.language_model.layers.\1.mlp.gate_proj.weight",
    _TEXT + r"feed_forward\.w3\.weight": r"model.language_model.layers.\1.mlp.up_proj.weight",
    _TEXT + r"feed_forward\.w2\.weight": r"model.language_model.layers.\1.mlp.down_proj.weight",
    _TEXT + r"attention_norm\.weight": r"model.language_model.layers.\1.input_layernorm.weight",
    _TEXT + r"ffn_norm\.weight": r"model.language_model.layers.\1.post_attention_layernorm.weight",
    r"language_model\.output\.weight": r"lm_head.weight",
}
"""InternVL's names of weights, and transformers'; those of `_parted` among them."""

UNSEEN = {
    "llm_config": ("num_attention_heads", "num_key_value_heads", "rms_norm_eps", "rope_theta"),
    "vision_config": ("num_attention_heads", "layer_norm_eps", "hidden_act"),
}
"""Values that no weight shows, so that those of the form must be the same."""


def convert_internvl(checkpoint: Path, form: Path, out: Path) -> None:
    """Write a published InternVL 2.5 as a folder that `load_image_text_model` reads, with the
    numbers as they are.

    checkpoint: a folder with config.json and safetensors. form: one in transformers' form, of which
    everything but the weights is taken.

    Raises ModelError, one line that names the file, key or weight, for anything not as expected.
    """
    config = _config(checkpoint, form)
    weights = dict(_parted(_renamed(_weights(checkpoint), NAMES, checkpoint), config))
    _tell_tied(weights, config)
    with torch.device("meta"):
        model = InternVLForConditionalGeneration(config)
    _check(weights, model, checkpoint)
    model.load_state_dict(weights, strict=True, assign=True)
    model.tie_weights()
    model.config.dtype = model.dtype
    with replacing(out) as temporary:
        model.save_pretrained(temporary)
        for file in sorted(form.iterdir()):
            if file.is_file() and file.name != "config.json" and "safetensors" not in file.name:
                shutil.copyfile(file, temporary / file.name)


def _config(checkpoint: Path, form: Path) -> Any:
    """The form's configuration, if it is that of the checkpoint."""
    check_model(form)
    with reading(form):
        config = AutoConfig.from_pretrained(form, trust_remote_code=False)
    if not isinstance(config, InternVLConfig):
        raise ModelError(f"{form}: holds a {config.model_type}; allowed: internvl")
    path = checkpoint / "config.json"
    if not path.exists():
        raise ModelError(f"{path}: no such file; {checkpoint} holds no checkpoint")
    described = mapping(path)
    meant = {
        "model_type": "internvl_chat",
        "ps_version": "v2",
        "select_layer": -1,
        "downsample_ratio": config.downsample_ratio,
    }
    for key, value in meant.items():
        if described.get(key) != value:
            raise ModelError(f"{path}: {key} is {described.get(key)}; allowed: {value}")
    for group, keys in UNSEEN.items():
        part: Any = config.text_config if group == "llm_config" else config.vision_config
        known = part.to_dict() | (getattr(part, "rope_parameters", None) or {})
        for key in keys:
            given = described.get(group, {}).get(key, known.get(key))
            if given != known.get(key):
                raise ModelError(
                    f"{path}: {group}.{key} is {given} and {known.get(key)} in {form}; "
                    "give the form of the same size"
                )
    return config


def _parted(weights: Mapping[str, torch.Tensor], config: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """The weights with queries, keys and values apart.

    InternViT has one after the other. InternLM 2 has, for each head of keys, its queries, its keys
    and its values.
    """
    text = config.text_config
    groups = text.num_attention_heads // text.num_key_value_heads
    heads = text.num_key_value_heads * (groups + 2)
    for name, value in weights.items():
        place, joint, kind = name.rpartition("qkv.")
        if not joint or value.shape[0] % (heads if place.endswith("w") else 3):
            yield name, value  # one of another shape is named as unknown later
            continue
        pieces = value.chunk(3)
        if place.endswith("w"):
            parts = value.unflatten(0, (text.num_key_value_heads, groups + 2, -1))
            pieces = parts.split([groups, 1, 1], dim=1)
        for letter, piece in zip("qkv", pieces, strict=True):
            rows = piece.reshape(-1, *value.shape[1:]).contiguous()
            yield f"{place.removesuffix('w')}{letter}_proj.{kind}", rows


def _tell_tied(weights: dict[str, torch.Tensor], config: Any) -> None:
    """Say in the configuration whether the head is the embeddings: what the weights show."""
    embeddings = weights.get("model.language_model.embed_tokens.weight")
    head = weights.setdefault("lm_head.weight", embeddings) if embeddings is not None else None
    tied = head is not None and embeddings is not None and torch.equal(head, embeddings)
    config.tie_word_embeddings = config.text_config.tie_word_embeddings = tied
