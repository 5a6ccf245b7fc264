"""Sampling whose draw depends on the question alone.

A token is drawn by the Gumbel-max rule: add independent standard Gumbel noise to the logarithm of
the probabilities, take the largest. That is an exact draw from the distribution, and all of its
chance lies in the noise, which here is a function of (seed, step, token) and of nothing else: not
of the batch, its order, the device, the number of threads, or what was drawn before. So
transformers runs without sampling of its own, and its argmax does the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from transformers import (
    LogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)


class Sampling(Protocol):
    """How tokens are chosen and how many: a `config.generation.Sampling`, or its like."""

    @property
    def temperature(self) -> float:
        """Divides the logits; 0 takes the likeliest token."""

    @property
    def top_p(self) -> float:
        """Keep the likeliest tokens that together reach this probability; 1 keeps all."""

    @property
    def top_k(self) -> int:
        """Keep this many of the likeliest tokens; 0 keeps all."""

    @property
    def max_new_tokens(self) -> int:
        """The cap on what a model writes outside its thinking."""

    @property
    def thinking_budget(self) -> int | None:
        """The cap on its thinking; None for none."""


@dataclass(frozen=True)
class Greedy:
    """Always the likeliest token."""

    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    thinking_budget: int | None = None


def processors(sampling: Sampling, seeds: Sequence[int], width: int) -> list[LogitsProcessor]:
    """What turns logits into scores whose largest is the drawn token; nothing if greedy.

    seeds: one a row. width: the length to which the batch's prompts are padded, in tokens.
    Temperature, top-k and top-p are transformers' own, applied in its order.
    """
    if sampling.temperature < 0:
        raise ValueError(f"temperature is {sampling.temperature}, must not be negative")
    if sampling.temperature == 0:
        return []
    steps: list[LogitsProcessor] = [TemperatureLogitsWarper(float(sampling.temperature))]
    if sampling.top_k:
        steps.append(TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1:
        steps.append(TopPLogitsWarper(sampling.top_p))
    return [*steps, Gumbel(seeds, width)]


class Gumbel(LogitsProcessor):
    """Adds each row's own Gumbel noise to its scores (rows, vocabulary)."""

    def __init__(self, seeds: Sequence[int], width: int) -> None:
        self.seeds = torch.tensor([_signed(seed) for seed in seeds])
        self.width = width

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        step = input_ids.shape[1] - self.width
        noise = gumbel(self.seeds.to(scores.device), step, scores.shape[1])
        return scores + noise.to(scores.dtype)


def gumbel(seeds: torch.Tensor, step: int, size: int) -> torch.Tensor:
    """Standard Gumbel noise (rows, size; float64) for one step of each seed (rows; int64).

    The bits are counter-based: SplitMix64 (Steele, Lea and Flood, 2014), whose stream starts at a
    hash of seed and step and whose counter is the token id, in whole numbers and therefore the
    same on a CPU and on a GPU with no noise to move between them. The two logarithms are taken
    in double precision, where devices differ by far less than the scores' own single precision.
    """
    starts = splitmix64(seeds, step)
    tokens = torch.arange(size, device=seeds.device)
    bits = splitmix64(starts[:, None], tokens)
    # The upper 52 bits and a half: a double holds that exactly, and it is never 0 or 1.
    uniform = (_shifted(bits, 12).double() + 0.5) * 2.0**-52
    return -torch.log(-torch.log(uniform))


def splitmix64(state: torch.Tensor, counter: torch.Tensor | int) -> torch.Tensor:
    """Output number `counter` (from 0) of SplitMix64 from `state`; int64 read as 64 bits."""
    number = torch.as_tensor(counter, device=state.device) + 1
    bits = state + number * _signed(0x9E3779B97F4A7C15)
    bits = (bits ^ _shifted(bits, 30)) * _signed(0xBF58476D1CE4E5B9)
    bits = (bits ^ _shifted(bits, 27)) * _signed(0x94D049BB133111EB)
    return bits ^ _shifted(bits, 31)


def _shifted(bits: torch.Tensor, by: int) -> torch.Tensor:
    """A logical right shift: torch's own copies the sign."""
    return (bits >> by) & ((1 << (64 - by)) - 1)


def _signed(bits: int) -> int:
    """64 bits as the signed whole number that torch holds."""
    bits &= (1 << 64) - 1
    return bits - (1 << 64) if bits >> 63 else bits
