"""How texts are generated: focus phrases, descriptions, answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .block import Batch, Block, Count, Rate, Tokens

Mode = Literal["plain", "think"]
ThinkingRule = Literal["own", "official"]


class Focus(Block):
    """Generation of the focus phrases: greedy, by the largest language model."""

    max_new_tokens: Tokens
    batch_size: Batch


class Perception(Block):
    """Generation of descriptions: greedy."""

    max_new_tokens: Tokens
    batch_size: Batch


class EndToEnd(Block):
    """Generation of answers from the image itself: greedy."""

    max_new_tokens: Tokens
    batch_size: Batch


class Sampling(Block):
    """How tokens are drawn."""

    temperature: Rate
    """0 takes the likeliest token"""
    top_p: Annotated[float, Field(gt=0, le=1)]
    top_k: Count
    """0 keeps every token"""
    max_new_tokens: Tokens
    """cap on what is written outside the thinking"""
    thinking_budget: Tokens | None = None
    """cap on the thinking, in tokens"""


class Reasoning(Block):
    """Generation of answers from a description."""

    plain: Sampling
    think: Sampling
    thinking: ThinkingRule = "own"
    """where a budget's count begins, and what may not be used: our rule, or the paper's code's"""
    suppress: list[str]
    """own: words of self-reflection that thinking may not use (NoWait)"""
    batch_size: Batch
