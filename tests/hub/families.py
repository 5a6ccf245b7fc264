"""Tiny untrained models of the families that others published, laid as their folders are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

IMAGE_TOKENS = {
    "llava-onevision": ("<image>", "<video>"),
    "internvl": ("<img>", "</img>", "<IMG_CONTEXT>", "<video>"),
    "gemma3": ("<start_of_image>", "<end_of_image>", "<image_soft_token>"),
    "idefics3": (
        *("<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>"),
        *(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)),
    ),
}
PLACES = {
    "llava-onevision": "<image>",
    "internvl": "<IMG_CONTEXT>",
    "gemma3": "<start_of_image>",
    "idefics3": "<image>",
}
"""What each chat template writes where an image stands."""

NAMED = {
    "llava-onevision": {"image_token": "<image>", "video_token": "<video>"},
    "internvl": {
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    },
    "gemma3": {
        "boi_token": "<start_of_image>",
        "eoi_token": "<end_of_image>",
        "image_token": "<image_soft_token>",
    },
    "idefics3": {},
}
"""Tokens that a processor asks its tokenizer for by name."""

TEMPLATE = """{% for message in messages %}<|im_start|>{{ message.role }}
{% for part in message.content %}{% if part.type == 'image' %}PLACE{% else %}{{ part.text }}\
{% endif %}{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

TEXT = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.2,
}
VISION = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "patch_size": 8,
    "initializer_range": 0.3,
}


def tokenizer_of(family: str, padding_side: str) -> Any:
    """A tokenizer of bytes with the family's own tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *IMAGE_TOKENS[family]]
    core.add_special_tokens(special)
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens=NAMED[family],
        padding_side=padding_side,
        chat_template=TEMPLATE.replace("PLACE", PLACES[family]),
    )


def llava_onevision(ids: Callable[[str], int], words: int, tokenizer: Any) -> tuple[Any, Any]:
    """A LLaVA-OneVision over Qwen2, whose published copies are of this class."""
    from transformers import (
        LlavaOnevisionConfig,
        LlavaOnevisionForConditionalGeneration,
        LlavaOnevisionProcessor,
    )
    from transformers.models.llava_onevision.image_processing_pil_llava_onevision import (
        LlavaOnevisionImageProcessorPil,
    )

    from downscaling.models.image_text import _without_video

    pinpoints = [[16 * rows, 16 * columns] for rows in (1, 2) for columns in (1, 2)]
    config = LlavaOnevisionConfig(
        text_config={"model_type": "qwen2", "vocab_size": words, **TEXT},
        vision_config={"model_type": "siglip_vision_model", "image_size": 16, **VISION},
        image_token_index=ids("<image>"),
        video_token_index=ids("<video>"),
        image_grid_pinpoints=pinpoints,
        vision_feature_layer=-1,
    )
    images = LlavaOnevisionImageProcessorPil(
        size={"height": 16, "width": 16}, image_grid_pinpoints=pinpoints
    )
    processor = _without_video(LlavaOnevisionProcessor)(
        images,
        tokenizer,
        num_image_tokens=4,
        vision_feature_select_strategy="full",
        chat_template=tokenizer.chat_template,
    )
    return LlavaOnevisionForConditionalGeneration(config), processor


def internvl(
    ids: Callable[[str], int], words: int, tokenizer: Any, text: str = "qwen2"
) -> tuple[Any, Any]:
    """An InternVL in transformers' own class. text: the kind of its language model."""
    from transformers import InternVLConfig, InternVLForConditionalGeneration, InternVLProcessor
    from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

    from downscaling.models.image_text import _without_video

    config = InternVLConfig(
        text_config={"model_type": text, "vocab_size": words, **TEXT},
        vision_config={**VISION, "image_size": [16, 16], "patch_size": [8, 8]},
        image_token_id=ids("<IMG_CONTEXT>"),
        image_seq_length=1,
        downsample_ratio=0.5,
    )
    images = GotOcr2ImageProcessorPil(
        size={"height": 16, "width": 16}, crop_to_patches=True, min_patches=1, max_patches=4
    )
    processor = _without_video(InternVLProcessor)(
        images, tokenizer, image_seq_length=1, chat_template=tokenizer.chat_template
    )
    return InternVLForConditionalGeneration(config), processor


def gemma3(ids: Callable[[str], int], words: int, tokenizer: Any) -> tuple[Any, Any]:
    """A Gemma 3, whose image tokens see each other in both directions."""
    import torch
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration, Gemma3Processor
    from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

    config = Gemma3Config(
        text_config={"vocab_size": words, **TEXT, "head_dim": 8, "sliding_window": 64},
        vision_config={"model_type": "siglip_vision_model", "image_size": 32, **VISION},
        mm_tokens_per_image=4,
        boi_token_index=ids("<start_of_image>"),
        eoi_token_index=ids("<end_of_image>"),
        image_token_index=ids("<image_soft_token>"),
        # Untrained and tied, it would write its last token again and again.
        tie_word_embeddings=False,
    )
    images = Gemma3ImageProcessorPil(size={"height": 32, "width": 32})
    processor = Gemma3Processor(
        images, tokenizer, chat_template=tokenizer.chat_template, image_seq_length=4
    )
    model = Gemma3ForConditionalGeneration(config)
    # Zeros until it is trained: it would see nothing.
    torch.nn.init.normal_(model.model.multi_modal_projector.mm_input_projection_weight, std=0.3)
    return model, processor


def idefics3(ids: Callable[[str], int], words: int, tokenizer: Any) -> tuple[Any, Any]:
    """An Idefics 3, the class of SmolVLM-Instruct."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration, Idefics3Processor
    from transformers.models.idefics3.image_processing_pil_idefics3 import (
        Idefics3ImageProcessorPil,
    )

    config = Idefics3Config(
        text_config={"model_type": "llama", "vocab_size": words, "pad_token_id": 256, **TEXT},
        vision_config={"image_size": 32, **VISION},
        image_token_id=ids("<image>"),
        scale_factor=2,
        pad_token_id=256,
    )
    images = Idefics3ImageProcessorPil(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 32}
    )
    processor = Idefics3Processor(
        images, tokenizer, image_seq_len=4, chat_template=tokenizer.chat_template
    )
    return Idefics3ForConditionalGeneration(config), processor


FAMILIES = {
    "llava-onevision": llava_onevision,
    "internvl": internvl,
    "gemma3": gemma3,
    "idefics3": idefics3,
}


def published_internvl(folder: Path, form: Path, text: str, seed: int = 0) -> Any:
    """An InternVL 2.5 as it is published, in InternVL's own names, and its form without weights;
    gives the model in transformers' class. text: "qwen2", or "llama" for InternLM 2."""
    import torch
    from safetensors.torch import save_file

    tokenizer = tokenizer_of("internvl", "left")
    torch.manual_seed(seed)
    model, processor = internvl(
        tokenizer.convert_tokens_to_ids, len(tokenizer), tokenizer, text=text
    )
    model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight))
    torch.nn.init.normal_(model.model.multi_modal_projector.linear_1.bias)
    held = {name.removeprefix("model."): value for name, value in model.state_dict().items()}
    folder.mkdir(parents=True)
    save_file(_internvl_names(held, text), folder / "model.safetensors")
    both = {"num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-6}
    described = {
        "model_type": "internvl_chat",
        "auto_map": {"AutoConfig": "modeling_own.Config"},
        "ps_version": "v2",
        "select_layer": -1,
        "downsample_ratio": 0.5,
        "llm_config": both | {"rope_theta": 10000.0},
        "vision_config": {"num_attention_heads": 2, "layer_norm_eps": 1e-6, "hidden_act": "gelu"},
    }
    (folder / "config.json").write_text(json.dumps(described))
    form.mkdir(parents=True)
    model.config.save_pretrained(form)
    processor.save_pretrained(form)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.save_pretrained(form)
    return model


def _internvl_names(held: dict[str, Any], text: str) -> dict[str, Any]:
    """Weights under the names of InternVL's own code, queries, keys and values in one."""
    import torch

    made = {
        "vision_model.embeddings.class_embedding": held["vision_tower.embeddings.cls_token"],
        "vision_model.embeddings.position_embedding": held[
            "vision_tower.embeddings.position_embeddings"
        ],
    }
    for kind in ("weight", "bias"):
        patches = f"vision_tower.embeddings.patch_embeddings.projection.{kind}"
        made[f"vision_model.embeddings.patch_embedding.{kind}"] = held[patches]
        for number, name in enumerate(("layer_norm", "linear_1", None, "linear_2")):
            if name:
                made[f"mlp1.{number}.{kind}"] = held[f"multi_modal_projector.{name}.{kind}"]
    for layer in range(2):
        ours, theirs = (
            f"vision_tower.encoder.layer.{layer}.",
            f"vision_model.encoder.layers.{layer}.",
        )
        parts = [held[f"{ours}attention.{part}_proj.weight"] for part in "qkv"]
        made[f"{theirs}attn.qkv.weight"] = torch.cat(parts)
        for number, side in enumerate(("before", "after"), 1):
            made[f"{theirs}ls{number}"] = held[f"{ours}lambda_{number}"]
            for kind in ("weight", "bias"):
                made[f"{theirs}norm{number}.{kind}"] = held[f"{ours}layernorm_{side}.{kind}"]
                made[f"{theirs}mlp.fc{number}.{kind}"] = held[f"{ours}mlp.fc{number}.{kind}"]
        for kind in ("weight", "bias"):
            made[f"{theirs}attn.proj.{kind}"] = held[f"{ours}attention.projection_layer.{kind}"]
    spoken = {
        name.removeprefix("language_model."): value
        for name, value in held.items()
        if name.startswith("language_model.")
    }
    if text == "qwen2":
        made |= {f"language_model.model.{name}": value for name, value in spoken.items()}
        made["language_model.lm_head.weight"] = held["lm_head.weight"]
    else:
        made["language_model.output.weight"] = held["lm_head.weight"]
        made["language_model.model.tok_embeddings.weight"] = spoken["embed_tokens.weight"]
        made["language_model.model.norm.weight"] = spoken["norm.weight"]
        for layer in range(2):
            theirs, ours = f"language_model.model.layers.{layer}.", f"layers.{layer}."
            parts = [spoken[f"{ours}self_attn.{part}_proj.weight"] for part in "qkv"]
            of_heads = [part.chunk(2) for part in parts]  # two heads of keys
            made[f"{theirs}attention.wqkv.weight"] = torch.cat(
                [of_heads[part][head] for head in range(2) for part in range(3)]
            )
            for new, old in (
                ("attention.wo", "self_attn.o_proj"),
                ("feed_forward.w1", "mlp.gate_proj"),
                ("feed_forward.w3", "mlp.up_proj"),
                ("feed_forward.w2", "mlp.down_proj"),
                ("attention_norm", "input_layernorm"),
                ("ffn_norm", "post_attention_layernorm"),
            ):
                made[f"{theirs}{new}.weight"] = spoken[f"{ours}{old}.weight"]
    return {name: value.detach().clone().contiguous() for name, value in made.items()}


def publish(folder: Path, family: str, padding_side: str = "left", seed: int = 0) -> Path:
    """The folder of a family's model, padded by its own settings on the side given."""
    import torch

    tokenizer = tokenizer_of(family, padding_side)
    torch.manual_seed(seed)
    model, processor = FAMILIES[family](tokenizer.convert_tokens_to_ids, len(tokenizer), tokenizer)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    # What a folder may say of generation, and an evaluation must not follow.
    model.generation_config.do_sample = True
    model.generation_config.temperature = 5.0
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
