"""A model with a weight that is no number is refused by name, whoever loads it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import tiny
from downscaling.errors import ModelError
from downscaling.models.assemble import (
    assemble,
    load_language_model,
    load_tower,
    load_vision_language_model,
    save,
)
from downscaling.models.finite import is_finite
from downscaling.models.image_text import load_image_text_model

NUMBERS = [float("nan"), float("inf"), float("-inf")]


def harmed(model: Path, out: Path, weight: str, number: float) -> Path:
    """A copy of a model with one number changed."""
    shutil.copytree(model, out)
    held = load_file(out / "model.safetensors")
    held[weight].view(-1)[-1] = number
    save_file(held, out / "model.safetensors", metadata={"format": "pt"})
    return out


def refused(load: Callable[[Path], Any], folder: Path, weight: str) -> None:
    with pytest.raises(ModelError) as caught:
        load(folder)
    assert str(caught.value) == (
        f"{folder}/model.safetensors: weight {weight} holds NaN or infinite numbers; "
        f"delete {folder} and make it again"
    )


@pytest.mark.parametrize("number", NUMBERS)
def test_a_backbone_is_refused(
    language_model: Path, tower: Path, tmp_path: Path, number: float
) -> None:
    """Catches a backbone that answers with empty strings, or tunes to nothing."""
    weight = "model.layers.1.mlp.up_proj.weight"
    refused(load_language_model, harmed(language_model, tmp_path / "text", weight, number), weight)
    weight = next(name for name in load_file(tower / "model.safetensors") if "layers.0" in name)
    refused(load_tower, harmed(tower, tmp_path / "tower", weight, number), weight)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_tuned_model_is_refused(
    language_model: Path, tower: Path, tmp_path: Path, precision: str
) -> None:
    """Catches a weight that is looked for under the name that it has in memory, not in the file."""
    save(*assemble(language_model, tower, "base", seed=0), tmp_path / "tuned")
    load_vision_language_model(tmp_path / "tuned", precision)
    names = load_file(tmp_path / "tuned/model.safetensors")
    weight = next(name for name in names if "multi_modal_projector" in name)
    folder = harmed(tmp_path / "tuned", tmp_path / "harmed", weight, float("nan"))
    refused(lambda folder: load_vision_language_model(folder, precision), folder, weight)


def test_a_published_model_is_refused(tmp_path: Path) -> None:
    """Catches a teacher whose every reply is empty."""
    published = tiny.qwen3_vl(tmp_path / "published")
    weight = next(iter(load_file(published / "model.safetensors")))
    folder = harmed(published, tmp_path / "harmed", weight, float("inf"))
    refused(lambda folder: load_image_text_model(folder, "float32"), folder, weight)


def test_a_released_checkpoint_is_not_converted(
    checkpoint: Callable[..., Any], tmp_path: Path
) -> None:
    """Catches a converted folder that looks whole; the weight lies in the second of two shards."""
    released = checkpoint()
    weights = released.weights()
    name = sorted(weights)[-1]
    weights[name] = weights[name].detach().clone()
    weights[name].view(-1)[0] = float("nan")
    released.write(weights)
    shard = released.folder / "model-00002-of-00002.safetensors"
    with pytest.raises(ModelError, match=f"{shard}: weight {name} holds NaN") as caught:
        released.convert(tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "kind", [torch.float16, torch.bfloat16, torch.float32, torch.float8_e4m3fn, torch.int8]
)
def test_large_numbers_are_numbers(kind: torch.dtype) -> None:
    """Catches a sum that is too large for its type, taken for an infinite weight."""
    largest = (torch.finfo if kind.is_floating_point else torch.iinfo)(kind).max
    assert is_finite(torch.full((100,), largest, dtype=kind))
    assert is_finite(torch.empty(0, dtype=kind))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32])
def test_one_number_among_many_is_found(kind: torch.dtype, number: float) -> None:
    """Catches infinities that cancel each other, and a number at the end that is passed over."""
    for place in (0, 500, 1000):
        weight = torch.randn(1001).to(kind)
        weight[place] = number
        assert not is_finite(weight)
    assert not is_finite(torch.tensor([number, -number], dtype=kind))
