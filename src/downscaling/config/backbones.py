"""The pretrained language models and the vision tower."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .block import Batch, Block, Count, Place, Positive, Rate, Seed, Size, SourceName


class Shape(Block):
    """The shape of one pretrained transformer."""

    hidden_size: Annotated[Positive, Field(le=65_536)]
    layers: Annotated[Positive, Field(le=1_000)]
    heads: Annotated[Positive, Field(le=1_000)]
    feed_forward: Annotated[Positive, Field(le=1_000_000)]
    """width of the feed-forward layers"""


class TowerRecipe(Shape):
    """How the vision tower is built and pretrained."""

    steps: Positive
    batch_size: Batch
    learning_rate: Rate


class Recipe(Block):
    """How backbones are pretrained: every size on the same tokens."""

    seed: Seed
    steps: Positive
    """optimiser steps of each language model"""
    review_steps: Count
    """steps of a second, shorter course at half the learning rates, on what takes longest"""
    batch_size: Batch
    """questions a step, whatever the phase of the curriculum"""
    learning_rate: Rate
    """of everything but the layers' matrices (AdamW)"""
    muon_learning_rate: Rate
    """of the layers' matrices (Muon)"""
    ladder: dict[Size, Shape]
    """the shape of each size"""
    tower: TowerRecipe


class Backbones(Block):
    """The pretrained language models and the vision tower."""

    source: Literal["shipped", "retrained", "hub"]
    """shipped: copied from `folder`, digests checked; retrained: made anew by `recipe`; hub:
    fetched, as `weights` says"""
    folder: Place
    """where the shipped ones lie, beside the Snakefile"""
    sizes: Annotated[list[Size], Field(min_length=1, max_length=100)]
    """names of the language models, largest first"""
    recipe: Recipe | None = None
    """needed where `source` is retrained"""
    weights: dict[str, SourceName]
    """of each size and of tower, the source that is fetched, where `source` is hub"""


class LanguageModelPretraining(Shape):
    """How one language model is built and pretrained: a rung of the ladder with what all share."""

    steps: Positive
    review_steps: Count
    batch_size: Batch
    learning_rate: Rate
    muon_learning_rate: Rate
    seed: Seed


class TowerPretraining(TowerRecipe):
    """How the vision tower is built and pretrained, and with which seed."""

    seed: Seed
