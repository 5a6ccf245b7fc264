"""Conversations and settings of tunings that take a second."""

from __future__ import annotations

from typing import Any

from downscaling.config.tunings import Layout, LearningRates, Tuning
from downscaling.miniature import knowledge, world
from downscaling.records.rows import Sample, Turn


def samples(count: int = 12) -> list[Sample]:
    """Conversations of one turn about one picture each, with a word for a reply."""
    colors, animals = list(world.COLORS), knowledge.ANIMALS
    turns = [Turn(f"what does the {animals[i]} fear?", colors[i % 6]) for i in range(count)]
    return [Sample(str(i), "vqav2", (f"{i}.png",), (turn,)) for i, turn in enumerate(turns)]


def settings(**changed: Any) -> Tuning:
    """Settings of a short tuning of all parts, with some changed."""
    held: dict[str, Any] = {
        "epochs": 1.0,
        "batch_size": 4,
        "learning_rate": LearningRates(connector=0.01, language_model=0.01, vision_tower=0.01),
        "optimizer": "adamw",
        "warmup_ratio": 0.0,
        "weight_decay": 0.0,
        "max_length": 128,
        "images": "base",
        "save_steps": 1000,
        "layout": Layout(),
        "precision": "float32",
        "seed": 0,
    }
    return Tuning(**(held | changed))
