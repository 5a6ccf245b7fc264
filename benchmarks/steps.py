"""The CPU seconds and losses of some steps of one tuning, under the code that PYTHONPATH names."""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
import time
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import Trainer, TrainerCallback, TrainingArguments

from downscaling.models.assemble import assemble
from downscaling.models.preprocess import IGNORED, batch_images
from downscaling.records.files import write
from downscaling.records.rows import Sample, Turn
from downscaling.runtime.numerics import fix_algorithms
from downscaling.stages import tune as stage
from downscaling.study.load import read
from downscaling.training.conversations import Conversations
from downscaling.training.features import CachedTower, load_features
from downscaling.training.parts import freeze
from downscaling.training.token_cache import cached_tokens
from downscaling.training.tokens import Encoding
from downscaling.training.train import train

WARM_UP = 5
"""Steps that are not counted: the first ones allocate memory."""


class Clock(TrainerCallback):
    """CPU and wall seconds of each step after the first `WARM_UP`, loading included."""

    def __init__(self) -> None:
        self.marks: list[tuple[float, float]] = []
        self.losses: list[float] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.marks.append((time.process_time(), time.perf_counter()))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if "loss" in logs:
            self.losses.append(float(logs["loss"]))


def measure(
    results: Path, tuning: str, size: str, steps: int, trainer: str, numerics: str
) -> dict[str, Any]:
    """Tune a new model of a size for some steps on a tuning's mixture.

    results: a results folder of the default study that holds backbones, training sets and features.
    trainer: "study" or "transformers", which is the Trainer as it comes. numerics: "portable" or
    "native"; earlier code computes natively alone.
    """
    torch.set_num_threads(1)
    fix_algorithms(*([numerics] if signature(fix_algorithms).parameters else []))
    study = read(Path("config.yaml"))
    settings = stage.settings(study, tuning, size, "0").tuning
    shares = list(study.models.tuning(tuning).sets.values())
    files = [results / f"data/{name}/train.parquet" for name in study.models.tuning(tuning).sets]
    backbones = results / "backbones"
    model, preprocessor = assemble(backbones / size, backbones / "tower", settings.images, 0)
    encoding = Encoding(preprocessor, results, settings.max_length, settings.template)
    clock = Clock()
    with tempfile.TemporaryDirectory() as scratch:
        states = Path(scratch)
        files = [_as_known(file, states / f"{place}.parquet") for place, file in enumerate(files)]
        tokens = cached_tokens(files, shares, 0, encoding, "", states)
        features = load_features(results / "features/train.safetensors")
        data = Conversations(tokens, preprocessor, results, features)
        model.model.vision_tower = CachedTower(model.model.vision_tower.config)
        epochs = (steps + WARM_UP - 0.5) * settings.batch_size / len(data)
        settings = settings.model_copy(update={"epochs": epochs})
        if trainer == "study":
            train(model, data, settings, states / "run", [clock])
        else:
            freeze(model, settings)
            _as_it_comes(model, data, settings, states / "run", clock)
    (cpu, wall), (cpu_end, wall_end) = clock.marks[WARM_UP - 1], clock.marks[-1]
    counted = len(clock.marks) - WARM_UP
    return {
        "cpu": (cpu_end - cpu) / counted,
        "wall": (wall_end - wall) / counted,
        "losses": clock.losses,
    }


def _as_known(file: Path, copy: Path) -> Path:
    """A training set in the form that this code reads: earlier code knows no places of images."""
    known = [field.name for field in dataclasses.fields(Turn)]
    rows = pq.read_table(file).to_pylist()
    if rows and [*rows[0]["turns"][0]] == known:
        return file
    for row in rows:
        row["turns"] = [{name: turn[name] for name in known} for turn in row["turns"]]
    samples = [
        Sample(r["id"], r["set"], tuple(r["images"]), tuple(Turn(**t) for t in r["turns"]))
        for r in rows
    ]
    write(copy, samples, Sample)
    return copy


def _as_it_comes(model: Any, data: Any, settings: Any, folder: Path, clock: Clock) -> None:
    """transformers' Trainer with its own sampler, optimiser (AdamW) and loss, and batches padded to
    their longest row."""
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate.language_model,
        lr_scheduler_type="cosine",
        logging_steps=10,
        save_strategy="no",
        report_to="none",
        remove_unused_columns=False,
        use_cpu=True,
        seed=0,
    )
    pad = data.preprocessor.tokenizer.pad_token_id
    collate = partial(_padded, pad=pad)
    Trainer(
        model=model, args=arguments, train_dataset=data, data_collator=collate, callbacks=[clock]
    ).train()


def _padded(items: Any, pad: int) -> dict[str, torch.Tensor]:
    ids, labels = (
        [torch.tensor(item[name]).long() for item in items] for name in ("input_ids", "labels")
    )
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad),
        "labels": pad_sequence(labels, batch_first=True, padding_value=IGNORED),
        "attention_mask": pad_sequence([torch.ones_like(i) for i in ids], batch_first=True),
    } | batch_images([item["images"] for item in items])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("tuning")
    parser.add_argument("size")
    parser.add_argument("steps", type=int)
    parser.add_argument("trainer", choices=["study", "transformers"])
    parser.add_argument("numerics", choices=["portable", "native"])
    print(json.dumps(measure(**vars(parser.parse_args()))))
