"""How models are tuned, as keys of the configuration: the recipe, and its layout on devices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .block import Batch, Block, Name, Once, Positive, Precision, Rate, Seed, Share, Size, Tokens

LayerName = Annotated[str, Field(pattern=r"^\w+$")]


class LearningRates(Block):
    """Peak learning rate of each part of a model; 0 freezes it."""

    connector: Rate = 0.0
    language_model: Rate = 0.0
    vision_tower: Rate = 0.0


class Lora(Block):
    """Low-rank adapters in the place of the language model's own weights, merged at the end."""

    rank: Annotated[Positive, Field(le=65_536)]
    alpha: Annotated[float, Field(gt=0, le=1_000_000)]
    """an adapter's output is scaled by alpha / rank"""
    dropout: Annotated[float, Field(ge=0, lt=1)]
    targets: Annotated[list[LayerName], Field(min_length=1), Once]
    """names of the linear layers that get one, such as q_proj"""


class TuningSettings(Block):
    """How a model is tuned."""

    epochs: Annotated[float, Field(gt=0, le=10_000)]
    """passes over the data, fractions allowed"""
    max_steps: Positive | None = None
    """steps at most, by which the learning rate then falls; null: as many as the passes take"""
    order: Literal["longest-first"] | None = None
    """null: batches of like lengths, in a random order; longest-first: each pass from the longest
    conversation to the shortest, so that the first step takes the most memory"""
    batch_size: Batch
    """conversations a step, those of all devices together"""
    learning_rate: LearningRates
    optimizer: Literal["adamw", "muon"]
    """muon: Muon on the language model's matrices, AdamW on the rest"""
    muon_learning_rate: Rate = 0.0
    """of the matrices under Muon"""
    warmup_ratio: Annotated[float, Field(ge=0, lt=1)]
    """share of the steps over which the learning rate rises; it then falls as a cosine"""
    weight_decay: Rate
    max_length: Tokens
    """tokens at which a conversation is cut"""
    images: Literal["base", "anyres", "anyres-official"]
    """base: one view of each image; anyres: tiles of a single image too, cropped as transformers
    does; anyres-official: cropped as the study's own code does, which differs for a few sizes"""
    template: Literal["chat", "plain"] = "chat"
    """chat: the model's chat format; plain: images and then the caption, nothing else, not even
    the newline vector among an image's tokens"""
    loss_on: Literal["replies", "official"] = "replies"
    """official: the marks of turns and single newlines too, as the study's own code counts"""
    cross_entropy: Literal["full", "chunked", "fused"] = "full"
    """full: all logits at once; chunked: those of counted tokens, some at a time; fused: the same
    by liger-kernel, on a GPU"""
    layers: Literal["transformers", "compact"] = "transformers"
    """compact: in float32, the layers of a Qwen3 in fewer passes over memory, with attention in
    plain products; quick for short conversations on a CPU. It changes results by rounding alone"""
    lora: Lora | None = None
    """null: the language model's own weights are trained"""
    save_steps: Positive
    """steps between the checkpoints from which an interrupted job resumes"""


class Layout(Block):
    """How a tuning is laid out on its devices. It changes memory and time, and results by no more
    than rounding."""

    device_batch_size: Batch | None = None
    """conversations that a device takes at a time, gradients adding up over a step; null: all"""
    gradient_checkpointing: bool = False
    """compute activations anew in the backward pass in place of keeping them"""
    sharding: Literal["none", "full"] = "none"
    """full: weights, gradients and optimiser states spread over several GPUs (FSDP)"""
    workers: Annotated[int, Field(ge=0, le=1_024)] = 0
    """processes a device that open images ahead of time"""


class Tuning(TuningSettings):
    """One tuning of one model: its recipe, its layout on devices, its precision and its seed."""

    layout: Layout
    precision: Precision
    seed: Seed


class SharedSettings(TuningSettings):
    """What all tunings share, unless one of them says otherwise."""

    cache_features: bool
    """a vision tower that is still as it was pretrained encodes the images once, for all sizes and
    seeds: quick, at `patches x width x 4` bytes an image; only with one view an image"""
    layouts: dict[Size, Layout]
    """by size; a size that is not named has one device take the whole batch"""


class Stage(SharedSettings):
    """One tuning: what it starts from, on which data, at which sizes; and its settings, where they
    differ from those that all tunings share."""

    start: Name | None = Field(alias="from")
    """the tuning whose models it starts from; null: the backbones"""
    sets: Annotated[dict[Name, Share], Field(min_length=1)]
    """training sets and the share of each that is drawn; `extraction` is the teacher's,
    or, where `data.train` has rows of it, as released"""
    sizes: Annotated[list[Size], Once]
    """the sizes at which it is done"""
