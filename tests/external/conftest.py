"""Tiny untrained models of the families that others published, laid as their folders are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

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

    from downscaling.modeling.image_text import _without_video

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


def internvl(ids: Callable[[str], int], words: int, tokenizer: Any) -> tuple[Any, Any]:
    """An InternVL in transformers' own class."""
    from transformers import InternVLConfig, InternVLForConditionalGeneration, InternVLProcessor
    from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

    from downscaling.modeling.image_text import _without_video

    config = InternVLConfig(
        text_config={"model_type": "qwen2", "vocab_size": words, **TEXT},
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


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The folder of a family's model, padded by its own settings on the side given."""
    import torch

    made: dict[tuple[str, str], Path] = {}

    def make(family: str, padding_side: str = "left") -> Path:
        if (family, padding_side) not in made:
            tokenizer = tokenizer_of(family, padding_side)
            torch.manual_seed(0)
            model, processor = FAMILIES[family](
                tokenizer.convert_tokens_to_ids, len(tokenizer), tokenizer
            )
            folder = tmp_path_factory.mktemp("published") / family
            model.generation_config.eos_token_id = tokenizer.eos_token_id
            # What a folder may say of generation, and an evaluation must not follow.
            model.generation_config.do_sample = True
            model.generation_config.temperature = 5.0
            model.save_pretrained(folder)
            processor.save_pretrained(folder)
            made[family, padding_side] = folder
        return made[family, padding_side]

    return make


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Images of different proportions."""
    folder = tmp_path_factory.mktemp("images")
    for number in range(5):
        size = (24 + 12 * number, 64 - 8 * number)
        Image.new("RGB", size, (50 * number, 200 - 40 * number, 99)).save(folder / f"{number}.png")
    return [folder / f"{number}.png" for number in range(5)]
