"""Conversations and settings of tunings that take a second."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset

from downscaling.config.tunings import Layout, LearningRates, Tuning
from downscaling.miniature import knowledge, world
from downscaling.models.preprocess import Preprocessor
from downscaling.records.features import features as features_of
from downscaling.records.rows import Sample, Turn
from downscaling.training.conversations import Conversations
from downscaling.training.tokens import Encoding, tokenise
from downscaling.training.tuning import tune


def samples(count: int = 12) -> list[Sample]:
    """Conversations of one turn about one picture each, with a word for a reply."""
    colors, animals = list(world.COLORS), knowledge.ANIMALS
    turns = [Turn(f"what does the {animals[i]} fear?", colors[i % 6]) for i in range(count)]
    return [Sample(str(i), "vqav2", (f"{i}.png",), (turn,)) for i, turn in enumerate(turns)]


def table(rows: Sequence[Sample]) -> Dataset:
    """Samples as a dataset."""
    return Dataset.from_list(list(map(dataclasses.asdict, rows)), features=features_of(Sample))


def conversations(
    rows: Sequence[Sample],
    preprocessor: Preprocessor,
    root: Path,
    max_length: int = 128,
    features: Any = None,
    kind: type[Conversations] = Conversations,
    **changed: str,
) -> Conversations:
    """Samples, tokenised. The file of tokens is mapped, and goes with the last who reads it."""
    encoding = Encoding(preprocessor, root, max_length, **changed)
    with tempfile.TemporaryDirectory() as folder:
        tokens = tokenise(table(rows), encoding, Path(folder) / "tokens.arrow")
        return kind(tokens, preprocessor, root, features)


def tuned(
    language_model: Path,
    tower: Path,
    root: Path,
    folder: Path,
    settings: Tuning,
    features: Path | None = None,
) -> dict[str, Any]:
    """Tune a new model on `train.parquet` in a folder; what its record keeps. The model is `out`
    there; root: the folder of the images."""
    return tune(
        language_model=language_model,
        tower=tower,
        start=None,
        samples=[folder / "train.parquet"],
        shares=[1.0],
        features=features,
        root=root,
        out=folder / "out",
        states=folder / f"states-{features is None}",
        curves=folder / "curves",
        report_to=[],
        previous_visual_samples=0,
        settings=settings,
        code="0",
    )


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
