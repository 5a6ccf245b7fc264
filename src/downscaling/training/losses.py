"""Cross entropy over a large vocabulary without all its logits at once.

A batch of 32,768 tokens over the 151,936 words of Qwen3 has 20 GB of logits in float32, as much
again of their gradients, and labels count only a part of the tokens: not the images, not the
prompts. Here logits are made for counted tokens alone, `CHUNK` of them at a time, and made anew in
the backward pass.

transformers' own `use_liger_kernel` does nothing here: liger-kernel 0.8 knows no LLaVA-OneVision,
and says so in a log line at most. Its fused loss takes any hidden states and head, so it is called
directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import torch
from torch.nn.functional import cross_entropy, linear
from torch.utils.checkpoint import checkpoint
from transformers import LlavaOnevisionForConditionalGeneration

from ..errors import UserError
from ..models.preprocess import IGNORED

CHUNK = 1024
"""Tokens whose logits exist at a time: 0.6 GB of them for Qwen3, in float32."""


@contextmanager
def computing(
    model: LlavaOnevisionForConditionalGeneration, kind: str, starts_late: bool = False
) -> Iterator[None]:
    """Within the block, the model's forward pass gives its loss by the method that `kind` names:
    "full" as transformers does, "chunked", or "fused" by liger-kernel on a GPU. starts_late:
    whether the model's last layer takes `start` (`compact.compact`), which "full" never gives.

    Raises UserError for "fused" where there is no GPU or no liger-kernel.
    """
    if kind != "full":
        summed = _fused() if kind == "fused" else chunked
        # The loss is made inside the head's own forward pass, called once, so that whatever wraps
        # modules (FSDP gathers a head's weights when it is called) works as ever.
        model.lm_head.forward = partial(_loss_at_head, model.lm_head, summed)
        model.forward = partial(_loss_alone, model, starts_late)
    try:
        yield
    finally:
        model.lm_head.__dict__.pop("forward", None)
        for left in ("forward", "_original_forward"):  # accelerate's, for bfloat16
            model.__dict__.pop(left, None)


def _loss_alone(
    model: LlavaOnevisionForConditionalGeneration,
    starts_late: bool,
    labels: torch.Tensor,
    num_items_in_batch: torch.Tensor | None = None,
    **inputs: Any,
) -> dict[str, torch.Tensor]:
    if starts_late:
        # What stands before the first token that is counted need not leave the last layer.
        counted = (labels[:, 1:] != IGNORED).any(0).nonzero()
        start = int(counted[0]) if len(counted) else labels.shape[1] - 1
        inputs, labels = inputs | {"start": start}, labels[:, start:]
    hidden = model.model(**inputs, use_cache=False).last_hidden_state
    return {"loss": model.lm_head(hidden, labels, num_items_in_batch)}


def _loss_at_head(
    head: torch.nn.Linear,
    summed: Any,
    hidden: torch.Tensor,
    labels: torch.Tensor,
    count: torch.Tensor | None,
) -> torch.Tensor:
    """The mean over counted tokens; `count`, where given, is their number over the whole step."""
    following = labels[:, 1:]
    counted = following != IGNORED
    total = summed(hidden[:, :-1][counted], head.weight, following[counted])
    return cast(torch.Tensor, total / (counted.sum() if count is None else count))


def chunked(hidden: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The sum of the cross entropies of tokens, in nats, float32.

    hidden: (tokens, width); weight: (words, width), the head's; labels: (tokens,), none ignored.
    """
    if len(hidden) <= CHUNK:  # nothing else is there to be made room for
        return _summed(hidden, weight, labels)
    parts = [
        checkpoint(_summed, *chunk, use_reentrant=False, preserve_rng_state=False)
        for chunk in (
            (states, weight, ids)
            for states, ids in zip(hidden.split(CHUNK), labels.split(CHUNK), strict=True)
        )
    ]
    return torch.stack(parts).sum()


def _summed(hidden: torch.Tensor, weight: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return cross_entropy(linear(hidden, weight).float(), labels, reduction="sum")


def _fused() -> Any:
    if not torch.cuda.is_available():
        raise UserError("cross_entropy: given fused without a GPU; allowed: chunked, full")
    try:
        from liger_kernel.transformers import LigerFusedLinearCrossEntropyLoss
    except ImportError:
        raise UserError(
            "cross_entropy: fused needs liger-kernel; pip install liger-kernel, or say chunked"
        ) from None
    loss = LigerFusedLinearCrossEntropyLoss(reduction="sum", accum_dtype=torch.float32)
    return lambda hidden, weight, labels: loss(weight, hidden, labels)
