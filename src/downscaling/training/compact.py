"""A Qwen3 layer's forward pass for short conversations: fewer passes over memory, the same sums.

Written for the miniature, whose layers are so small that a step's time goes into what stands around
the products: norms, rotations, masks, logits that no label counts. The products are torch's own.

A batch needs no mask of its padding: it stands on the right, and attention looks to the left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import torch
from torch.nn.functional import silu, softmax
from transformers.models.qwen3.modeling_qwen3 import Qwen3DecoderLayer


@contextmanager
def compact(model: Any) -> Iterator[bool]:
    """Within the block, Qwen3 layers of the model compute as written here; and the last of them
    only from the position on that the argument `start` of the model's forward pass names. Gives
    whether there are any: other layers stay as transformers has them."""
    layers: list[Any] = [m for m in model.modules() if isinstance(m, Qwen3DecoderLayer)]
    for layer in layers:
        layer.forward = partial(_layer, layer, layer is layers[-1])
    try:
        yield bool(layers)
    finally:
        for layer in layers:
            layer.__dict__.pop("forward", None)


def _layer(
    layer: Any,
    is_last: bool,
    hidden_states: torch.Tensor,
    position_embeddings: tuple[torch.Tensor, torch.Tensor],
    start: int = 0,
    **_: Any,
) -> torch.Tensor:
    """hidden_states: (rows, length, width); gives them from `start` on, if the layer is the last.

    position_embeddings: cosines and sines, (1, length, head width).
    """
    start = start if is_last else 0
    attention, mlp = layer.self_attn, layer.mlp
    normed = _norm(hidden_states, layer.input_layernorm)
    late = normed[:, start:]
    cos, sin = (table[0] for table in position_embeddings)
    # Queries are scaled, not scores, of which there are many times more; their tables do it.
    scaled = cos[start:] * attention.scaling, sin[start:] * attention.scaling
    query = _normed_and_rotated(attention.q_proj(late), attention.q_norm, *scaled)
    key = _normed_and_rotated(attention.k_proj(normed), attention.k_norm, cos, sin)
    value = attention.v_proj(normed).unflatten(-1, (-1, attention.head_dim))
    seen = attend(query, key, value, attention.num_key_value_groups)
    hidden_states = hidden_states[:, start:] + attention.o_proj(seen)
    normed = _norm(hidden_states, layer.post_attention_layernorm)
    inner = silu(mlp.gate_proj(normed)) * mlp.up_proj(normed)
    return cast(torch.Tensor, hidden_states + mlp.down_proj(inner))


def attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, groups: int
) -> torch.Tensor:
    """Causal attention of the last positions of rows: (rows, late, heads x head width).

    query: (rows, late, heads, head width), scaled; key, value: (rows, length, heads / groups, head
    width).
    """
    rows, late, heads, _ = query.shape
    length = key.shape[1]
    query = query.transpose(1, 2).flatten(0, 1)
    key, value = (
        t.transpose(1, 2).repeat_interleave(groups, 1).flatten(0, 1)
        if groups > 1
        else t.transpose(1, 2).flatten(0, 1)
        for t in (key, value)
    )
    future = torch.full((late, length), -torch.inf, dtype=query.dtype, device=query.device)
    future = future.triu(1 + length - late)
    scores = torch.baddbmm(future, query, key.mT)
    seen = torch.bmm(softmax(scores, -1), value)
    return cast(torch.Tensor, seen.unflatten(0, (rows, heads)).transpose(1, 2).flatten(2))


def _norm(states: torch.Tensor, norm: Any) -> torch.Tensor:
    flat = states.flatten(0, 1)
    one_head = flat.new_ones(flat.shape[1], 1)
    normed, _ = normed_heads(flat, norm.weight, one_head, norm.variance_epsilon)
    return cast(torch.Tensor, normed.view_as(states))


def _normed_and_rotated(
    states: torch.Tensor, norm: Any, cos: torch.Tensor, sin: torch.Tensor
) -> torch.Tensor:
    """(rows, length, heads x head width) to (rows, length, heads, head width)."""
    width = norm.weight.shape[0]
    heads = states.shape[-1] // width
    of_head = torch.eye(heads, dtype=states.dtype, device=states.device)
    of_head = of_head.repeat_interleave(width, 0)
    normed, _ = normed_heads(
        states.flatten(0, 1), norm.weight.repeat(heads), of_head, norm.variance_epsilon
    )
    tables = cos.repeat(1, heads), sin.repeat(1, heads)
    rotated = rotated_heads(normed.view_as(states), *tables, _quarter_turn(cos))
    return cast(torch.Tensor, rotated.unflatten(-1, (heads, width)))


def _quarter_turn(cos: torch.Tensor) -> torch.Tensor:
    """The matrix that takes halves (a, b) of a head to (-b, a). Its products are exact."""
    half = cos.shape[-1] // 2
    eye = torch.eye(half, dtype=cos.dtype, device=cos.device)
    zero = torch.zeros_like(eye)
    return torch.cat([torch.cat([zero, eye], 1), torch.cat([-eye, zero], 1)])


class Normed(torch.autograd.Function):
    """Root-mean-square norm of each head of states (tokens, width) times a weight (width,).

    of_head: (width, heads), 1 where a column belongs to a head: sums over heads, and numbers of
    heads spread over their columns, are products with it.
    """

    @staticmethod
    def forward(
        context: Any, states: torch.Tensor, weight: torch.Tensor, of_head: torch.Tensor, tiny: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        share = of_head.shape[1] / of_head.shape[0]
        scale = torch.mm(states * states, of_head).mul_(share).add_(tiny).rsqrt_()
        normed = states * torch.mm(scale, of_head.T)
        context.save_for_backward(normed, scale, weight, of_head)
        return normed * weight, scale

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor, _: Any) -> tuple[torch.Tensor | None, ...]:
        normed, scale, weight, of_head = context.saved_tensors
        share = of_head.shape[1] / of_head.shape[0]
        along = gradient * normed
        of_weight = along.sum(0)
        mean = torch.mm(along, of_head * weight[:, None]).mul_(share)
        inner = torch.mul(normed, torch.mm(mean, of_head.T), out=along)
        of_states = (gradient * weight).sub_(inner).mul_(torch.mm(scale, of_head.T))
        return of_states, of_weight, None, None


class Rotated(torch.autograd.Function):
    """Rotary position embedding (Su et al., arXiv 2104.09864) of states (rows, length, width) with
    tables (length, width); turn: `_quarter_turn`."""

    @staticmethod
    def forward(
        context: Any, states: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, turn: torch.Tensor
    ) -> torch.Tensor:
        context.save_for_backward(cos, sin, turn)
        turned = torch.mm(states.view(-1, len(turn)), turn).view_as(states)
        return (states * cos).addcmul_(turned, sin)

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        cos, sin, turn = context.saved_tensors
        turned = torch.mm((gradient * sin).reshape(-1, len(turn)), turn.T).view_as(gradient)
        return torch.addcmul(turned, gradient, cos), None, None, None


normed_heads: Any = Normed.apply
rotated_heads: Any = Rotated.apply
