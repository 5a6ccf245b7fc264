"""How long a text a model can take."""

from __future__ import annotations

from typing import Any

import pytest
from transformers import LlamaConfig, LlavaOnevisionConfig, Qwen3Config, SiglipVisionConfig

from downscaling.models.positions import positions

ROPE = {"rope_theta": 10_000.0}
SMALL: dict[str, Any] = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "vocab_size": 8,
}


def _yarn(trained: int, factor: float) -> dict[str, Any]:
    told = {"factor": factor, "original_max_position_embeddings": trained}
    return ROPE | {"rope_type": "yarn"} | told


@pytest.mark.parametrize(
    ("rope", "reach"),
    [
        (ROPE | {"rope_type": "default"}, 100),
        (ROPE | {"rope_type": "yarn", "factor": 4.0}, 400),
        (ROPE | {"rope_type": "linear", "factor": 2.0}, 200),
        # The reach is told, of Qwen3 as its page stretches it less than all of it.
        (_yarn(25, 4.0), 100),
        (_yarn(32, 4.0), 128),
    ],
)
def test_a_stretched_model_reaches_further(rope: dict[str, Any], reach: int) -> None:
    """Catches a long text refused by a model that was made for it."""
    config = LlamaConfig(**SMALL, max_position_embeddings=100, rope_parameters=rope)
    assert positions(config) == reach


def test_of_a_model_that_sees_the_text_s_positions_count() -> None:
    """Catches positions that are looked for beside the language model, and not found."""
    text = Qwen3Config(**SMALL, max_position_embeddings=77)
    both = LlavaOnevisionConfig(text_config=text, vision_config=SiglipVisionConfig())
    assert positions(both) == 77
