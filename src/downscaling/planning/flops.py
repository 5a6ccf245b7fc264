"""How many floating-point operations a model's work takes.

The usual accounting of dense transformers: two operations a parameter and token forward, twice that
backward, and the products of attention, which grow with the square of the length.
"""

from __future__ import annotations

from .architectures import LanguageModel, Tower


def language_forward(model: LanguageModel, tokens: float) -> float:
    """One sequence through a language model: 2 N T + 2 L T^2 d, with N the weights that a token
    goes through, L its layers, d its width; attention is causal.

    Generating token by token takes as many operations, if far more time."""
    return 2 * model.weights * tokens + 2 * model.layers * tokens**2 * model.width


def tower_forward(tower: Tower) -> float:
    """One view through the vision tower: 2 V P + 4 L P^2 d, with V its parameters, P its patches, L
    its layers, d its width."""
    attention = 4 * tower.layers * tower.patches**2 * tower.width
    return 2 * tower.parameters * tower.patches + attention


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
