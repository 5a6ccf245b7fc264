"""How many floating-point operations a model's work takes.

The usual accounting of dense transformers: two operations a parameter and token forward, twice that
backward, and the products of attention, which grow with the square of the length.
"""

from __future__ import annotations

from .facts import LanguageModel, Tower


def language_forward(model: LanguageModel, tokens: float) -> float:
    """One sequence through a language model: 2 N T + 2 L T^2 d, with N its parameters (the
    embeddings once, as the head), L its layers, d = heads x head size; attention is causal.

    Generating token by token takes as many operations, if far more time."""
    width = model.heads * model.head_size
    return 2 * (model.body + model.embedding) * tokens + 2 * model.layers * tokens**2 * width


def tower_forward(tower: Tower) -> float:
    """One view through the vision tower: 2 V P + 4 L P^2 d, with V the parameters of its layers and
    embeddings, P its patches, d its width."""
    weights = tower.embeddings + tower.layers * tower.layer
    return 2 * weights * tower.patches + 4 * tower.layers * tower.patches**2 * tower.hidden


def tuning(
    model: LanguageModel,
    tower: Tower,
    tokens: float,
    passes: float,
    *,
    trains_language: bool,
    trains_tower: bool,
    recompute: bool = False,
) -> float:
    """One conversation of `tokens` through a training step; `passes` views go through the tower.

    What is trained takes its forward pass three times (forward, and backward for activations and
    weights), a frozen language model two times (its activations carry the gradient to the
    connector), a frozen tower once. recompute: activations are computed again in the backward pass
    (gradient checkpointing): one forward more of what has a backward pass. The connector itself is
    too small to count.
    """
    again = int(recompute)
    language = (3 if trains_language else 2) + again
    vision = 3 + again if trains_tower else 1
    return language * language_forward(model, tokens) + vision * passes * tower_forward(tower)


def pretraining(parameters: float, tokens: float) -> float:
    """Training from scratch: 6 N T."""
    return 6 * parameters * tokens
