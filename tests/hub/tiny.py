"""Tiny untrained models in the forms in which the study's are published, with a tokenizer of bytes.

One token a byte, so that any prompt can be read; ChatML and think tokens as Qwen3 has them.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    SiglipConfig,
    SiglipModel,
)
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
SEEING = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
THINKING = ("<think>", "</think>")
SIDE = 28  # of the tower's images, in pixels: 2 x 2 patches

QWEN3_TEMPLATE = """{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' and loop.last %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{{- message.content + '<|im_end|>\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and not enable_thinking %}{{- '<think>\\n\\n</think>\\n\\n' }}
{%- endif %}{%- endif %}"""
QWEN3_VL_TEMPLATE = """{% for message in messages %}<|im_start|>{{ message.role }}
{% for part in message.content %}{% if part.type == 'image' -%}
<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}{% endfor -%}
<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def tokenizer(template: str, more: tuple[str, ...], special: bool) -> PreTrainedTokenizerFast:
    """A tokenizer of bytes with ChatML's tokens and `more`, special or not."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(list(SPECIAL))
    (core.add_special_tokens if special else core.add_tokens)(list(more))
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens=list(more) if special else [],
        chat_template=template,
    )


def qwen3(folder: Path, hidden: int) -> Path:
    """A language model of one layer, as Qwen/Qwen3-* lie on the hub."""
    words = tokenizer(QWEN3_TEMPLATE, THINKING, special=False)
    torch.manual_seed(hidden)
    config = Qwen3Config(
        vocab_size=320,
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        tie_word_embeddings=True,
        max_position_embeddings=40_960,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        initializer_range=0.3,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )
    Qwen3ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def siglip(folder: Path) -> Path:
    """A whole SigLIP, both towers and heads, as google/siglip-so400m-patch14-384 is."""
    shape = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    seeing = {"num_hidden_layers": 2, "image_size": SIDE, "patch_size": 14}
    torch.manual_seed(0)
    config = SiglipConfig(
        text_config=shape | {"num_hidden_layers": 1, "vocab_size": 32},
        vision_config=shape | seeing,
    )
    SiglipModel(config).save_pretrained(folder)
    return folder


def llava_next(folder: Path, language_model: Path, tower: Path, seed: int) -> Path:
    """A checkpoint as LLaVA-NeXT saves it, of these two and a connector."""
    text = AutoModelForCausalLM.from_pretrained(language_model)
    vision = AutoModel.from_pretrained(tower).vision_model
    width, hidden = vision.config.hidden_size, text.config.hidden_size
    torch.manual_seed(seed)
    connector = torch.nn.Sequential(
        torch.nn.Linear(width, hidden), torch.nn.GELU(), torch.nn.Linear(hidden, hidden)
    )
    weights = {n: v for n, v in text.state_dict().items() if n != "lm_head.weight"}
    last = f"encoder.layers.{vision.config.num_hidden_layers - 1}."
    for name, value in vision.state_dict().items():
        if not name.startswith(("head.", last)):
            weights[f"model.vision_tower.vision_tower.vision_model.{name}"] = value
    weights |= {f"model.mm_projector.{n}": v for n, v in connector.state_dict().items()}
    weights["model.image_newline"] = torch.randn(hidden)
    folder.mkdir(parents=True)
    contiguous = {n: v.detach().to(torch.bfloat16).contiguous() for n, v in weights.items()}
    save_file(contiguous, folder / "model.safetensors")
    known = text.config.to_dict()
    kept = ("vocab_size", "hidden_size", "tie_word_embeddings", "rms_norm_eps", "hidden_act")
    described: dict[str, Any] = {key: known[key] for key in kept} | {
        "model_type": "llava_qwen3",
        "rope_theta": 1000000.0,
        "mm_vision_tower": "google/siglip-so400m-patch14-384",
        "mm_projector_type": "mlp2x_gelu",
        "mm_patch_merge_type": "spatial_unpad",
        "image_aspect_ratio": "anyres_max_9",
        "image_grid_pinpoints": [[SIDE * i, SIDE * j] for i in range(1, 7) for j in range(1, 7)],
    }
    (folder / "config.json").write_text(json.dumps(described))
    return folder


def qwen3_vl(folder: Path, says: str = "") -> Path:
    """A vision-language model laid as Qwen/Qwen3-VL-* is; its own sampling draws at temperature 0.7
    from the 20 likeliest. says: what it replies to everything, its characters all different; empty
    leaves it to chance."""
    words = tokenizer(QWEN3_VL_TEMPLATE, SEEING, special=True)
    ids = {token: words.convert_tokens_to_ids(token) for token in (*SPECIAL, *SEEING)}
    rope = {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 1, 1]}
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": len(words),
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "rope_parameters": rope | {"mrope_interleaved": True},
            "initializer_range": 0.2,
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "patch_size": 8,
            "out_hidden_size": 32,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0, 1],
            "initializer_range": 0.3,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    torch.manual_seed(0)
    model = Qwen3VLForConditionalGeneration(config)
    if says:
        _let_say(model, [*words("\n" + says).input_ids, ids["<|im_end|>"]])
    generation = model.generation_config
    generation.do_sample, generation.temperature = True, 0.7
    generation.top_k, generation.top_p = 20, 0.8
    generation.eos_token_id = [ids["<|im_end|>"], ids["<|endoftext|>"]]
    generation.pad_token_id = ids["<|endoftext|>"]
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    Qwen2VLImageProcessorPil(
        patch_size=8,
        temporal_patch_size=2,
        merge_size=2,
        size={"shortest_edge": 256, "longest_edge": 4096},
    ).save_pretrained(folder)
    return folder


@torch.no_grad()
def _let_say(model: Any, ids: list[int]) -> None:
    """Have each of these tokens be followed by the next: layers that add nothing, and a head that
    reads a token's embedding as its successor."""
    for layer in model.model.language_model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    model.lm_head.weight = torch.nn.Parameter(torch.zeros_like(model.lm_head.weight))
    embeddings = model.get_input_embeddings().weight
    for token, after in pairwise(ids):
        model.lm_head.weight[after] += 100 * embeddings[token]
