"""The compact layers have the losses and gradients of transformers' own."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from downscaling.models.assemble import assemble
from downscaling.models.preprocess import IGNORED
from downscaling.training.compact import attend, compact
from downscaling.training.losses import computing


@pytest.mark.parametrize("kind", ["full", "chunked"])
def test_losses_and_gradients_are_transformers_own(
    language_model: Path, tower: Path, kind: str
) -> None:
    """Catches a norm, a rotation or a mask that differs, padding that is attended to, and a last
    layer that leaves out what a label counts."""
    model, _ = assemble(language_model, tower, "base", 0)
    torch.manual_seed(1)
    ids = torch.randint(10, 100, (3, 30))
    labels = torch.full_like(ids, IGNORED)
    for row, (first, end) in enumerate(((20, 24), (9, 30), (17, 25))):
        labels[row, first:end] = ids[row, first:end]
    mask = torch.ones_like(ids)
    mask[0, 25:] = 0

    def outcome(is_compact: bool, **inputs: Any) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        model.zero_grad()
        layers = compact(model) if is_compact else nullcontext(False)
        with layers as starts_late, computing(model, kind if is_compact else "full", starts_late):
            loss = model(input_ids=ids, labels=labels, **inputs)["loss"]
        loss.backward()
        named = model.named_parameters()
        return loss, {name: p.grad.clone() for name, p in named if p.grad is not None}

    loss, gradients = outcome(False, attention_mask=mask)
    again, compactly = outcome(True)
    torch.testing.assert_close(again, loss, rtol=1e-5, atol=0)
    assert compactly.keys() == gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(compactly[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


def test_attention_of_late_positions_is_the_reference_s() -> None:
    """Catches a late position that sees another one's future, and heads that share wrong keys."""
    torch.manual_seed(0)
    query, key, value = (torch.randn(2, 9, heads, 4) for heads in (6, 3, 3))
    heads_first = (tensor.transpose(1, 2) for tensor in (query, key, value))
    whole = scaled_dot_product_attention(*heads_first, is_causal=True, enable_gqa=True)
    late = attend(0.5 * query[:, 5:], key, value, 2)
    torch.testing.assert_close(late.unflatten(-1, (6, 4)), whole.transpose(1, 2)[:, 5:])


def test_transformers_forward_pass_comes_back(language_model: Path, tower: Path) -> None:
    """Catches a tuned model that generates with layers written for tuning."""
    model, _ = assemble(language_model, tower, "base", 0)
    with compact(model) as is_compact:
        assert is_compact
    assert not any("forward" in module.__dict__ for module in model.modules())
