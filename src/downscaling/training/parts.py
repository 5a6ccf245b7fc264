"""The parts of a model: which of them are trained, and at what rate."""

from __future__ import annotations

import torch

from ..config.tunings import TuningSettings
from ..models.optimizer import MuonWithAdamW
from .lora import is_adapter

PARTS = {
    "connector": ("model.multi_modal_projector.", "model.image_newline"),
    "language_model": ("model.language_model.", "lm_head."),
    "vision_tower": ("model.vision_tower.",),
}
UNREAD = "model.vision_tower.post_layernorm."
"""The tower's closing norm. Features are read before it, so it gets no gradient: DDP waits for one,
and FSDP looks for its optimiser states on resumption."""


def freeze(model: torch.nn.Module, settings: TuningSettings) -> None:
    """Let gradients flow to the parts that have a learning rate, and to no others; of a language
    model with adapters, to these alone."""
    rates = settings.learning_rate.model_dump()
    for name, parameter in model.named_parameters():
        part = _part(name)
        stands_back = settings.lora and part == "language_model" and not is_adapter(name)
        is_read = not name.startswith(UNREAD)
        parameter.requires_grad_(rates[part] > 0 and is_read and not stands_back)


def optimizer_of(model: torch.nn.Module, settings: TuningSettings) -> torch.optim.Optimizer:
    """AdamW with a learning rate a part; with `muon`, Muon on the language model's matrices."""
    rates = settings.learning_rate.model_dump()
    matrices: list[torch.nn.Parameter] = []
    groups: dict[str, list[torch.nn.Parameter]] = {part: [] for part in PARTS}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        is_matrix = parameter.ndim == 2 and name.startswith("model.language_model.layers.")
        if settings.optimizer == "muon" and is_matrix:
            matrices.append(parameter)
        else:
            groups[_part(name)].append(parameter)
    rest = [{"params": held, "lr": rates[part]} for part, held in groups.items() if held]
    if settings.optimizer == "adamw":
        return torch.optim.AdamW(
            rest,
            betas=(0.9, 0.999),
            weight_decay=settings.weight_decay,
            fused=True,  # one pass, with an exact root on every processor
        )
    muon = [{"params": matrices, "lr": settings.muon_learning_rate}] if matrices else []
    return MuonWithAdamW(muon, rest, settings.weight_decay)


def _part(name: str) -> str:
    """The part of a model that a parameter belongs to."""
    for part, prefixes in PARTS.items():
        if name.startswith(prefixes):
            return part
    raise ValueError(f"parameter {name} belongs to no part of {', '.join(PARTS)}")
