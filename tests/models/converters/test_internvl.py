"""An InternVL 2.5 as published becomes a transformers folder that computes the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from downscaling.errors import ModelError
from downscaling.models.converters.internvl import convert_internvl
from downscaling.models.image_text import load_image_text_model
from families import published_internvl

PROMPT = "<|im_start|>user\n<IMG_CONTEXT>what is it?<|im_end|>\n"


@pytest.mark.parametrize("text", ["qwen2", "llama"])
def test_the_converted_model_computes_the_same_logits(text: str, tmp_path: Path) -> None:
    """Catches a wrong renaming, heads of queries, keys and values dealt out otherwise than InternLM
    lays them, and a head of its own that is tied to the embeddings."""
    original = published_internvl(tmp_path / "published", tmp_path / "form", text)
    convert_internvl(tmp_path / "published", tmp_path / "form", tmp_path / "out")
    found = load_image_text_model(tmp_path / "out", "float32")
    inputs = found.inputs([PROMPT], [[Image.new("RGB", (40, 24), (200, 30, 9))]])
    with torch.inference_mode():
        logits, expected = found.model(**inputs).logits, original.eval()(**inputs).logits
    torch.testing.assert_close(logits, expected)
    assert found.ends == [found.processor.tokenizer.convert_tokens_to_ids("<|im_end|>")]


def weights(folder: Path, change: Any) -> None:
    """Change a published checkpoint's weights."""
    held = load_file(folder / "model.safetensors")
    change(held)
    save_file(held, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda held: held.update(extra=torch.zeros(1)), "unknown weight extra"),
        (lambda held: held.pop("mlp1.1.bias"), "missing weight.*linear_1.bias"),
        (lambda held: held.pop("language_model.output.weight"), None),
        (
            lambda held: held.update({"mlp1.1.bias": torch.zeros(5)}),
            r"linear_1.bias after renaming has the shape \(5,\)",
        ),
        (
            lambda held: held.update(
                {"language_model.model.layers.0.attention.wqkv.weight": torch.zeros(5, 32)}
            ),
            "unknown weight.*self_attn.wqkv.weight",
        ),
    ],
)
def test_weights_are_taken_strictly(change: Any, problem: str | None, tmp_path: Path) -> None:
    """Catches a part of the model that is drawn at random. Without a head of its own, the
    embeddings are the head."""
    published_internvl(tmp_path / "published", tmp_path / "form", "llama")
    weights(tmp_path / "published", change)
    if problem is None:
        convert_internvl(tmp_path / "published", tmp_path / "form", tmp_path / "out")
        model = load_image_text_model(tmp_path / "out", "float32").model
        assert model.lm_head.weight is model.get_input_embeddings().weight
        return
    with pytest.raises(ModelError, match=problem):
        convert_internvl(tmp_path / "published", tmp_path / "form", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("group", "key", "value", "problem"),
    [
        ("", "model_type", "llava", "model_type is llava; allowed: internvl_chat"),
        ("", "ps_version", "v1", "ps_version is v1; allowed: v2"),
        ("llm_config", "rope_theta", 5.0, "rope_theta is 5.0 and 10000.0"),
        ("vision_config", "num_attention_heads", 4, "num_attention_heads is 4 and 2"),
    ],
)
def test_a_form_of_another_model_is_refused(
    group: str, key: str, value: object, problem: str, tmp_path: Path
) -> None:
    """Catches a model that loads and computes something else, as no weight would show."""
    published_internvl(tmp_path / "published", tmp_path / "form", "qwen2")
    path = tmp_path / "published/config.json"
    described = json.loads(path.read_text())
    (described[group] if group else described)[key] = value
    path.write_text(json.dumps(described))
    with pytest.raises(ModelError, match=problem):
        convert_internvl(tmp_path / "published", tmp_path / "form", tmp_path / "out")
    (tmp_path / "form/config.json").write_text('{"model_type": "qwen2"}')
    with pytest.raises(ModelError, match="holds a qwen2; allowed: internvl"):
        convert_internvl(tmp_path / "published", tmp_path / "form", tmp_path / "out")
