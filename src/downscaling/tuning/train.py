"""One tuning, from a model and its conversations to the tuned model: transformers' Trainer.

The Trainer is used rather than a loop of our own because one code then serves a laptop and a
cluster: exact resumption, gradient checkpointing, sharding and logging come with it.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_model, save_model
from torch.utils.data import Sampler
from transformers import (
    LlavaOnevisionForConditionalGeneration,
    Trainer,
    TrainingArguments,
)
from transformers.trainer_utils import get_last_checkpoint

from ..optimizer import MuonWithAdamW
from ..records import seed_of
from ..study.configuration import TuningSettings
from .conversations import Conversations, collate

PARTS = {
    "connector": ("model.multi_modal_projector.", "model.image_newline"),
    "language_model": ("model.language_model.", "lm_head."),
    "vision_tower": ("model.vision_tower.",),
}


def train(
    model: LlavaOnevisionForConditionalGeneration,
    data: Conversations,
    settings: TuningSettings,
    seed: int,
    checkpoints: Path,
) -> dict[str, Any]:
    """Tune the model in place; give the steps, tokens, seconds and the loss curve.

    checkpoints: a folder for the states from which an interrupted call goes on; removed when the
    tuning is done. Everything random comes from `seed`.
    """
    freeze(model, settings)
    arguments = TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup_ratio,
        weight_decay=settings.weight_decay,
        max_grad_norm=1.0,
        save_steps=settings.save_steps,
        save_total_limit=1,
        logging_steps=10,
        report_to="none",
        disable_tqdm=False,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        seed=seed_of(seed, "train") % 2**32,
        data_seed=seed_of(seed, "batches") % 2**32,
        use_cpu=not torch.cuda.is_available(),
    )
    trainer = _Trainer(
        model=model,
        args=arguments,
        train_dataset=data,
        data_collator=partial(collate, pad=data.preprocessor.tokenizer.pad_token_id),
        optimizers=(optimizer_of(model, settings), None),
    )
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
    outcome = trainer.train(resume_from_checkpoint=last)
    shutil.rmtree(checkpoints, ignore_errors=True)
    curve = [(row["step"], row["loss"]) for row in trainer.state.log_history if "loss" in row]
    return {
        "steps": outcome.global_step,
        "tokens": round(sum(data.lengths) * settings.epochs),
        "seconds": outcome.metrics["train_runtime"],
        "curve": curve,
    }


class _Trainer(Trainer):
    """The Trainer, with `LengthGroups` for a sampler and weights that come back from a checkpoint.

    transformers 5.23 saves a LLaVA-OneVision model under older names of its weights and, on
    resumption, looks for the newer ones, finds none and goes on with a warning. Here a checkpoint
    holds the names as they are, and a weight that is missing is an error.
    """

    model: torch.nn.Module  # what `train` gives it, where the Trainer allows for more
    train_dataset: Conversations

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        folder = Path(output_dir or cast(str, self.args.output_dir))
        folder.mkdir(parents=True, exist_ok=True)
        save_model(self.model, str(folder / "model.safetensors"))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_model(model or self.model, str(Path(resume_from_checkpoint) / "model.safetensors"))

    def _get_train_sampler(self, train_dataset: Any = None) -> LengthGroups:
        return LengthGroups(
            self.train_dataset.lengths,
            self.args.train_batch_size,
            cast(int, self.args.data_seed),
        )


class LengthGroups(Sampler[int]):
    """Batches of like lengths in random order; the order depends on the seed and the epoch alone.

    transformers' own sampler runs from long to short, so that the last batches of a run would hold
    just one kind of conversation; and it draws from the ambient generator, so that a resumed run
    would go on in another order.
    """

    POOL = 32  # batches drawn together and sorted by length

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths, self.batch_size, self.seed, self.epoch = lengths, batch_size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """The Trainer says which pass over the data comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        rng = random.Random(seed_of(self.seed, self.epoch))
        order = rng.sample(range(len(self.lengths)), len(self.lengths))
        pool = self.batch_size * self.POOL
        batches = []
        for start in range(0, len(order), pool):
            drawn = sorted(order[start : start + pool], key=lambda i: self.lengths[i])
            batches += [
                drawn[at : at + self.batch_size] for at in range(0, len(drawn), self.batch_size)
            ]
        rng.shuffle(batches)
        batches.sort(key=len, reverse=True)  # a smaller last batch stays last
        return iter([index for batch in batches for index in batch])


def freeze(model: torch.nn.Module, settings: TuningSettings) -> None:
    """Let gradients flow to the parts that have a learning rate, and to no others."""
    rates = settings.learning_rate.model_dump()
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(rates[_part(name)] > 0)


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
        return torch.optim.AdamW(rest, betas=(0.9, 0.999), weight_decay=settings.weight_decay)
    muon = [{"params": matrices, "lr": settings.muon_learning_rate}] if matrices else []
    return MuonWithAdamW(muon, rest, settings.weight_decay)


def _part(name: str) -> str:
    """The part of a model that a parameter belongs to."""
    for part, prefixes in PARTS.items():
        if name.startswith(prefixes):
            return part
    raise ValueError(f"parameter {name} belongs to no part of {', '.join(PARTS)}")
