"""A checkpoint in LLaVA-NeXT's format becomes a transformers folder that computes the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from downscaling.errors import ModelError
from downscaling.models.assemble import load_tokenizer, load_vision_language_model
from downscaling.models.preprocess import batch_images

ENDS = ["<|im_end|>", "<|endoftext|>"]


@pytest.mark.parametrize("size", [(120, 50), (330, 250), (60, 61), (147, 98), (343, 441)])
@pytest.mark.parametrize("tied", [True, False])
def test_the_converted_model_computes_the_same_logits(
    checkpoint: Callable[..., Any], tmp_path: Path, tied: bool, size: tuple[int, int]
) -> None:
    """Catches a wrong renaming, another tower layer, tiles in another order, other pixels, the
    reduction above nine tiles left out, and the last two sizes cropped as transformers does."""
    original = checkpoint(tied)
    model, preprocessor = load_vision_language_model(original.convert(tmp_path / "out"))
    path = tmp_path / "image.png"
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    ids, pictures = preprocessor.ask("what color is the ring?", [path])
    places = [i for i, token in enumerate(ids) if token == model.config.image_token_id]
    with Image.open(path) as image:
        expected = original.logits(
            list(ids[: places[0]]), image.convert("RGB"), list(ids[places[-1] + 1 :])
        )
    with torch.inference_mode():
        inputs = {"input_ids": torch.tensor([ids]), **batch_images([pictures])}
        found = model(**inputs).logits[0]
    assert found.shape == expected.shape
    torch.testing.assert_close(found, expected, atol=2e-4, rtol=1e-4)


def test_a_full_vocabulary_grows_and_says_the_same(
    checkpoint: Callable[..., Any], tmp_path: Path
) -> None:
    """Catches an image token without a row, new rows that disturb the old ones, and a new token
    that the model would rather say than any word."""
    original = checkpoint(tied=False, vocabulary=None)
    words = original.words
    model, preprocessor = load_vision_language_model(original.convert(tmp_path / "out"))
    assert model.lm_head.out_features % 64 == 0
    assert preprocessor.tokenizer.convert_tokens_to_ids("<image>") == words
    assert model.config.image_token_id == words
    ids = torch.tensor([[5, 9, 2, 40]])
    with torch.inference_mode():
        found, expected = model(input_ids=ids).logits, original.text(input_ids=ids).logits
    torch.testing.assert_close(found[..., :words], expected)
    assert (found[..., words:].amax(-1) <= expected.amax(-1)).all()


@pytest.mark.parametrize("shapes", ["(1x1),...,(6x6)", "(1x1), (1x2), (6x6)", "in pixels"])
def test_shapes_that_are_written_as_text_are_read(
    checkpoint: Callable[..., Any], tmp_path: Path, shapes: str
) -> None:
    """Catches a refusal of what LLaVA-NeXT reads: the first and the last of tiles, or a list in
    quotes. And a limit that is just high enough."""
    original = checkpoint()
    listed = json.loads((original.folder / "config.json").read_text())["image_grid_pinpoints"]
    written = str(listed) if shapes == "in pixels" else shapes
    original.describe(image_grid_pinpoints=written, tokenizer_model_max_length=32768)
    out = original.convert(tmp_path / "out")
    assert load_vision_language_model(out)[0].config.image_grid_pinpoints == listed


def test_a_converted_folder_names_all_that_ends_a_turn(
    checkpoint: Callable[..., Any], tmp_path: Path
) -> None:
    """Catches a folder that writes on after the end of a text, where the checkpoint ends; and what
    is said of the language model alone in place of what the checkpoint says."""
    original = checkpoint()
    words = load_tokenizer(original.backbone)
    ids = {name: words.convert_tokens_to_ids(name) for name in ENDS}
    for folder, ends in ((original.backbone, ENDS[:1]), (original.folder, ENDS)):
        named = {"eos_token_id": [ids[end] for end in ends]}
        (folder / "generation_config.json").write_text(json.dumps(named))
    model, _ = load_vision_language_model(original.convert(tmp_path / "out"))
    assert model.generation_config.eos_token_id == list(ids.values())


def test_the_numbers_are_kept_as_they_are(checkpoint: Callable[..., Any], tmp_path: Path) -> None:
    """Catches a cast on the way, such as the official converter's to float16."""
    original = checkpoint()
    original.write({name: value.bfloat16() for name, value in original.weights().items()})
    out = original.convert(tmp_path / "out")
    held = load_file(out / "model.safetensors")
    assert {value.dtype for value in held.values()} == {torch.bfloat16}
    found = next(v for n, v in held.items() if n.endswith("multi_modal_projector.linear_2.weight"))
    assert torch.equal(found, original.connector[2].weight.bfloat16())


def test_a_converted_model_is_asked_as_it_was_trained(
    checkpoint: Callable[..., Any], tmp_path: Path
) -> None:
    """Catches the language model's own template, which puts a think block into every reply."""
    out = checkpoint().convert(tmp_path / "out")
    _, preprocessor = load_vision_language_model(out)
    text = preprocessor.tokenizer.apply_chat_template(
        [{"role": "user", "content": "what?"}], tokenize=False, add_generation_prompt=True
    )
    assert text == (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        "<|im_start|>user\nwhat?<|im_end|>\n<|im_start|>assistant\n"
    )


def _without(weights: dict[str, torch.Tensor]) -> None:
    del weights["model.layers.1.self_attn.q_norm.weight"]


def _with_more(weights: dict[str, torch.Tensor]) -> None:
    weights["model.vision_resampler.query"] = torch.zeros(3)


def _with_a_last_layer(weights: dict[str, torch.Tensor]) -> None:
    prefix = "model.vision_tower.vision_tower.vision_model.encoder.layers."
    weights[f"{prefix}2.layer_norm1.weight"] = weights[f"{prefix}1.layer_norm1.weight"]


def _misshaped(weights: dict[str, torch.Tensor]) -> None:
    weights["model.mm_projector.2.weight"] = torch.zeros(32, 31)


def _with_another_head(weights: dict[str, torch.Tensor]) -> None:
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"] + 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_without, r"missing weight, model\.language_model\.layers\.1\.self_attn\.q_norm\.weight"),
        (_with_more, r"unknown weight model\.vision_resampler\.query"),
        (
            _with_a_last_layer,
            r"unknown weight, model\.vision_tower\.encoder\.layers\.2\.layer_norm1",
        ),
        (
            _misshaped,
            r"linear_2\.weight after renaming has the shape \(32, 31\), must be \(32, 32\)",
        ),
        (_with_another_head, r"lm_head\.weight is not the embeddings"),
    ],
)
def test_a_weight_that_does_not_fit_is_named(
    checkpoint: Callable[..., Any],
    tmp_path: Path,
    change: Callable[[dict[str, torch.Tensor]], None],
    named: str,
) -> None:
    """Catches what strict=False hides: weights dropped, or left as they were drawn."""
    original = checkpoint()
    weights = original.weights()
    change(weights)
    original.write(weights)
    with pytest.raises(ModelError, match=named):
        original.convert(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"image_aspect_ratio": "pad"},
        {"mm_patch_merge_type": "flat"},
        {"mm_projector_type": "linear"},
        {"image_grid_pinpoints": [[336, 672]]},
        {"image_grid_pinpoints": "(1x1),...,(4x4)"},
        {"image_grid_pinpoints": "anything"},
        {"tokenizer_model_max_length": 124},
        {"rope_theta": 10000.0},
    ],
)
def test_a_checkpoint_that_means_something_else_is_refused(
    checkpoint: Callable[..., Any], tmp_path: Path, change: dict[str, Any]
) -> None:
    """Catches settings that no weight shows and that would change every answer."""
    original = checkpoint()
    original.describe(**change)
    with pytest.raises(ModelError, match=next(iter(change))):
        original.convert(tmp_path / "out")


def test_a_broken_shard_is_named(checkpoint: Callable[..., Any], tmp_path: Path) -> None:
    """Catches a truncated download that fails somewhere in a library, or a pickle read instead."""
    original = checkpoint()
    shard = original.folder / "model-00002-of-00002.safetensors"
    shard.write_bytes(shard.read_bytes()[:200])
    with pytest.raises(ModelError, match=r"model-00002-of-00002\.safetensors: not a readable"):
        original.convert(tmp_path / "out")
    shard.unlink()
    with pytest.raises(ModelError, match=r"model-00002-of-00002\.safetensors"):
        original.convert(tmp_path / "out")
