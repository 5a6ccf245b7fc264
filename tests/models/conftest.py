"""A tiny checkpoint in LLaVA-NeXT's format, and what the original code computes with it."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import (
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
    SiglipVisionConfig,
    SiglipVisionModel,
)

from downscaling.miniature import tokenizer
from downscaling.models.converters.llava_next import convert

SIDE, PATCH = 48, 16
GRID = SIDE // PATCH
WIDTH = 32


@functools.cache
def vocabulary_words() -> PreTrainedTokenizerFast:
    """The miniature's tokenizer with a chat template that does what Qwen3's does to replies, and
    without a token for images."""
    built = tokenizer.build()
    inner = Tokenizer.from_str(built.backend_tokenizer.to_str().replace('"<image>"', '"<other>"'))
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token=built.pad_token,
        eos_token=built.eos_token,
        chat_template=QWEN3_LIKE,
    )


class Checkpoint:
    """A tiny LLaVA-NeXT checkpoint on disk, and the model that it holds."""

    def __init__(self, folder: Path, tied: bool, vocabulary: int) -> None:
        torch.manual_seed(3)
        words = vocabulary_words()
        self.words = len(words)
        self.text = Qwen3ForCausalLM(
            Qwen3Config(
                vocab_size=vocabulary,
                hidden_size=WIDTH,
                intermediate_size=64,
                num_hidden_layers=2,
                num_attention_heads=2,
                num_key_value_heads=1,
                head_dim=16,
                tie_word_embeddings=tied,
                rope_parameters={"rope_type": "default", "rope_theta": 1e6},
                initializer_range=0.3,
            )
        ).eval()
        self.tower = SiglipVisionModel(
            SiglipVisionConfig(
                hidden_size=24,
                intermediate_size=48,
                num_hidden_layers=3,
                num_attention_heads=2,
                image_size=SIDE,
                patch_size=PATCH,
            )
        ).eval()
        self.connector = torch.nn.Sequential(
            torch.nn.Linear(24, WIDTH), torch.nn.GELU(), torch.nn.Linear(WIDTH, WIDTH)
        )
        self.newline = torch.randn(WIDTH)
        self.folder, self.backbone = folder / "checkpoint", folder / "backbone"
        self.tower_folder = folder / "tower"
        self.text.config.save_pretrained(self.backbone)
        words.save_pretrained(self.backbone)
        self.tower.config.save_pretrained(self.tower_folder)
        self.describe()
        self.write(self.weights())

    def describe(self, **changes: Any) -> None:
        """Write config.json as LLaVA-NeXT does, in the manner of transformers 4."""
        known = self.text.config.to_dict()
        kept = ("vocab_size", "hidden_size", "tie_word_embeddings", "rms_norm_eps", "hidden_act")
        described = {key: known[key] for key in kept} | {
            "model_type": "llava_qwen3",
            "architectures": ["LlavaQwen3ForCausalLM"],
            "rope_theta": 1000000.0,
            "mm_vision_tower": "elsewhere/tiny-siglip",
            "mm_projector_type": "mlp2x_gelu",
            "mm_patch_merge_type": "spatial_unpad",
            "image_aspect_ratio": "anyres_max_9",
            "image_grid_pinpoints": [
                [SIDE * i, SIDE * j] for i in range(1, 7) for j in range(1, 7)
            ],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "config.json").write_text(json.dumps(described | changes))

    def weights(self) -> dict[str, torch.Tensor]:
        """The weights under LLaVA-NeXT's names: no last tower layer, no pooling head."""
        held = {
            name: value
            for name, value in self.text.state_dict().items()
            if not (name == "lm_head.weight" and self.text.config.tie_word_embeddings)
        }
        for name, value in self.tower.state_dict().items():
            inner = name.removeprefix("vision_model.")
            if not inner.startswith(("head.", "encoder.layers.2.")):
                held[f"model.vision_tower.vision_tower.vision_model.{inner}"] = value
        for name, value in self.connector.state_dict().items():
            held[f"model.mm_projector.{name}"] = value
        return held | {"model.image_newline": self.newline}

    def write(self, weights: dict[str, torch.Tensor]) -> None:
        """Two shards and their index."""
        names = sorted(weights)
        shards = {
            "model-00001-of-00002.safetensors": names[: len(names) // 2],
            "model-00002-of-00002.safetensors": names[len(names) // 2 :],
        }
        for shard, held in shards.items():
            save_file({n: weights[n].detach().clone() for n in held}, self.folder / shard)
        listed = {name: shard for shard, held in shards.items() for name in held}
        index = {"metadata": {}, "weight_map": listed}
        (self.folder / "model.safetensors.index.json").write_text(json.dumps(index))

    def convert(self, out: Path) -> Path:
        """The converted folder."""
        convert(self.folder, out, self.backbone, self.tower_folder)
        return out

    @torch.inference_mode()
    def logits(self, before: list[int], image: Image.Image, after: list[int]) -> torch.Tensor:
        """What the original code computes for text around an image: (tokens, vocabulary)."""
        pixels, grid = original_views(image)
        hidden = self.tower(pixels, output_hidden_states=True).hidden_states[-2]
        features = original_packing(self.connector(hidden), grid, image, self.newline)
        embed = self.text.model.embed_tokens
        parts = [embed(torch.tensor(before)), features, embed(torch.tensor(after))]
        logits: torch.Tensor = self.text(inputs_embeds=torch.cat(parts)[None]).logits[0]
        return logits


QWEN3_LIKE = """{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' and loop.last %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{{- message.content + '<|im_end|>\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"""


def original_views(image: Image.Image) -> tuple[torch.Tensor, tuple[int, int]]:
    """Base view and tiles (n, 3, side, side) by the rules of LLaVA-NeXT's mm_utils, and the grid
    (rows, columns)."""
    width, height = image.size
    shapes = [(SIDE * i, SIDE * j) for i in range(1, 7) for j in range(1, 7)]

    def merit(shape: tuple[int, int]) -> tuple[int, int]:
        scale = min(shape[0] / width, shape[1] / height)
        used = min(int(width * scale) * int(height * scale), width * height)
        return used, used - shape[0] * shape[1]

    wide, high = max(shapes, key=merit)
    by_width, by_height = wide / width, high / height
    if by_width < by_height:
        size = (wide, min(math.ceil(height * by_width), high))
    else:
        size = (min(math.ceil(width * by_height), wide), high)
    canvas = Image.new("RGB", (wide, high), (0, 0, 0))
    corner = ((wide - size[0]) // 2, (high - size[1]) // 2)
    canvas.paste(image.resize(size, Image.Resampling.BICUBIC), corner)
    views = [image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)]
    for top in range(0, high, SIDE):
        views += [canvas.crop((x, top, x + SIDE, top + SIDE)) for x in range(0, wide, SIDE)]
    pixels = np.stack([np.asarray(view, np.float32) / 255 for view in views])
    return torch.from_numpy((pixels - 0.5) / 0.5).permute(0, 3, 1, 2), (high // SIDE, wide // SIDE)


def original_packing(
    features: torch.Tensor, grid: tuple[int, int], image: Image.Image, newline: torch.Tensor
) -> torch.Tensor:
    """Features (views, patches, width) as the sequence of LLaVA-NeXT's llava_arch: base view, then
    the unpadded and, above nine tiles, reduced map with a newline a row."""
    rows, columns = grid
    tiles = features[1:].reshape(rows, columns, GRID, GRID, -1)
    board = tiles.permute(4, 0, 2, 1, 3).reshape(-1, rows * GRID, columns * GRID)
    high, wide = board.shape[1:]
    if image.width / image.height > wide / high:
        edge = (high - int(image.height * (wide / image.width))) // 2
        board = board[:, edge : high - edge]
    else:
        edge = (wide - int(image.width * (high / image.height))) // 2
        board = board[:, :, edge : wide - edge]
    high, wide = board.shape[1:]
    times = math.sqrt(high * wide / (9 * GRID**2))
    if times > 1.1:
        smaller = [int(high // times), int(wide // times)]
        board = torch.nn.functional.interpolate(board[None], smaller, mode="bilinear")[0]
    ends = newline[:, None, None].expand(-1, board.shape[1], 1)
    return torch.cat([features[0], torch.cat([board, ends], dim=2).flatten(1).T])


@pytest.fixture
def checkpoint(tmp_path: Path) -> Callable[..., Checkpoint]:
    """Writes a checkpoint; its vocabulary has room for the image token, or
    (None) just the tokenizer's words."""

    def write(tied: bool = True, vocabulary: int | None = 320) -> Checkpoint:
        return Checkpoint(tmp_path, tied, vocabulary or len(vocabulary_words()))

    return write
