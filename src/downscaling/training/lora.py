"""Low-rank adapters (Hu et al., arXiv 2106.09685) through peft, for as long as a tuning takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import torch
from transformers import LlavaOnevisionForConditionalGeneration

from ..config.tunings import Lora
from ..errors import UserError


@contextmanager
def adapted(
    model: LlavaOnevisionForConditionalGeneration, lora: Lora | None, seed: int
) -> Iterator[None]:
    """Within the block, the language model's layers that `lora` names carry adapters drawn with
    `seed`. A block that ends well merges them into the layers, so that what follows sees a model
    like any other. Without `lora` nothing happens.

    Raises UserError if the language model has none of the layers named.
    """
    if lora is None:
        yield
        return
    from peft import LoraConfig, get_peft_model
    from peft.tuners.lora import LoraModel

    named = "|".join(lora.targets)
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=cast(int, lora.alpha),  # which its annotation rounds
        lora_dropout=lora.dropout,
        target_modules=rf"model\.language_model\..*\.({named})",
    )
    torch.manual_seed(seed)
    try:
        tuner = cast(LoraModel, get_peft_model(model, config).base_model)
    except ValueError:
        raise UserError(
            f"lora.targets: the language model has no layer named {named.replace('|', ', ')}; "
            "allowed: names of its linear layers, such as q_proj"
        ) from None
    yield
    tuner.merge_and_unload(safe_merge=True)


def is_adapter(name: str) -> bool:
    """Whether a parameter is an adapter's."""
    return ".lora_" in name
