"""One tuning, from a model and its conversations to the tuned model: transformers' Trainer.

The Trainer is used rather than a loop of our own because one code then serves a laptop and a
cluster: exact resumption, several GPUs, sharding and logging come with it (docs/training.md).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from transformers import (
    LlavaOnevisionForConditionalGeneration,
    TrainerCallback,
    TrainingArguments,
)
from transformers.modeling_layers import GradientCheckpointingLayer as Layer

from ..config.tunings import Tuning
from ..errors import UserError, naming
from ..records.files import seed_of
from ..runtime.devices import processes
from .compact import compact
from .conversations import Conversations, collate
from .lora import adapted
from .losses import computing
from .parts import freeze
from .trainer import TuningTrainer


def train(
    model: LlavaOnevisionForConditionalGeneration,
    data: Conversations,
    settings: Tuning,
    checkpoints: Path,
    reports: Sequence[TrainerCallback] = (),
) -> dict[str, Any]:
    """Tune the model in place; give the steps, the tokens and the conversations with an image that
    they took, seconds and the loss curve.

    checkpoints: a folder for the states from which an interrupted call goes on; to be removed when
    the tuned model is saved. reports: who is told of each logged step (`reporting`). Everything
    random comes from the settings' seed. In each of several processes (`devices.launch`) the
    weights become the tuned ones; if they are sharded, in the main process alone. Raises UserError
    where the loss or a weight is not finite, at once; the last checkpoint stays.
    """
    adapters = adapted(model, settings.lora, seed_of(settings.seed, "adapters"))
    is_compact = settings.layers == "compact" and settings.precision == "float32"
    within = compact(model) if is_compact else nullcontext(False)
    with adapters, within as is_last_short, computing(model, settings.cross_entropy, is_last_short):
        freeze(model, settings)
        layers = {type(m).__name__ for m in model.modules() if isinstance(m, Layer)}
        trainer = TuningTrainer(
            settings,
            model=model,
            args=_arguments(settings, len(data), checkpoints, layers),
            train_dataset=data,
            data_collator=partial(
                collate,
                pad=data.preprocessor.tokenizer.pad_token_id,
                spare=data.spare if processes() > 1 else None,
            ),
            callbacks=list(reports),
        )
        with _checkpoints_plainly(checkpoints):
            outcome = trainer.train(resume_from_checkpoint=trainer.newest_checkpoint())
        trainer.check_weights()
        if trainer.is_fsdp_enabled:
            trainer.gather()
    curve = [(row["step"], row["loss"]) for row in trainer.state.log_history if "loss" in row]
    seen = trainer.order.seen(outcome.global_step)
    return {
        "steps": outcome.global_step,
        "tokens": sum(data.lengths[index] for index in seen),
        "visual_samples": len({*data.visual} & {*seen}),
        "training_seconds": outcome.metrics["train_runtime"],
        "curve": curve,
    }


@contextmanager
def _checkpoints_plainly(checkpoints: Path) -> Iterator[None]:
    """Give a checkpoint that cannot be written one line that names it.

    torch tells it as a RuntimeError, of which only the text says what it is.
    """
    try:
        with naming(checkpoints):
            yield
    except RuntimeError as error:
        if "inline_container" in str(error):
            raise UserError(
                f"{checkpoints}: a checkpoint cannot be written; make room and run it again"
            ) from None
        raise


def _arguments(
    settings: Tuning, conversations: int, checkpoints: Path, layers: set[str]
) -> TrainingArguments:
    """conversations: how many there are. layers: the names of the classes of the model's layers."""
    layout = settings.layout
    at_once = layout.device_batch_size or settings.batch_size // processes()
    if not at_once or settings.batch_size % (at_once * processes()):
        raise UserError(
            f"batch_size: given {settings.batch_size}, {at_once} at a time, for {processes()} "
            f"devices; allowed: multiples of {max(1, at_once) * processes()}"
        )
    whole = math.ceil(settings.epochs * math.ceil(conversations / settings.batch_size))
    is_cut_short = settings.max_steps is not None and settings.max_steps < whole
    memory: dict[str, Any] = {}
    if layout.sharding == "full" and processes() > 1:
        sharded = {
            # Left to itself accelerate looks for every layer that a whole SigLIP has.
            "transformer_layer_cls_to_wrap": sorted(layers),
            "state_dict_type": "SHARDED_STATE_DICT",
            # Under FSDP its own checkpointing, which gathers a layer's weights once less.
            "activation_checkpointing": layout.gradient_checkpointing,
        }
        memory = {"fsdp": True, "fsdp_config": sharded}
    elif layout.gradient_checkpointing:
        how = {"use_reentrant": False}
        memory = {"gradient_checkpointing": True, "gradient_checkpointing_kwargs": how}
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=settings.epochs,
        max_steps=cast(int, settings.max_steps) if is_cut_short else -1,  # which tells nothing
        per_device_train_batch_size=at_once,
        gradient_accumulation_steps=settings.batch_size // (at_once * processes()),
        lr_scheduler_type="cosine",
        warmup_steps=settings.warmup_ratio,
        weight_decay=settings.weight_decay,
        max_grad_norm=1.0,
        bf16=settings.precision == "bfloat16",
        **memory,
        save_steps=settings.save_steps,
        logging_steps=10,
        logging_nan_inf_filter=False,  # such a loss ends the tuning
        report_to="none",  # what reports comes as callbacks
        disable_tqdm=False,
        remove_unused_columns=False,
        dataloader_num_workers=layout.workers,
        dataloader_pin_memory=False,
        seed=seed_of(settings.seed, "train") % 2**32,
        data_seed=seed_of(settings.seed, "batches") % 2**32,
        use_cpu=not torch.cuda.is_available(),
    )


def reporting(names: Sequence[str], logs: Path) -> list[TrainerCallback]:
    """Who is told of a tuning's loss, rates and gradient norm: "tensorboard" (event files in the
    folder `logs`), "wandb" (a run of the folder's name; offline files go to the folder too).

    Raises UserError for one that is not installed.
    """
    from transformers.integrations.integration_utils import TensorBoardCallback, WandbCallback

    callbacks: list[TrainerCallback] = []
    for name in names:
        try:
            if name == "tensorboard":
                board = TensorBoardCallback()
                board.logging_dir = str(logs)
                callbacks.append(board)
            else:
                os.environ.setdefault("WANDB_DIR", str(logs))
                os.environ.setdefault("WANDB_NAME", "/".join(logs.parts[-2:]))
                logs.mkdir(parents=True, exist_ok=True)
                callbacks.append(WandbCallback())
        except RuntimeError:
            raise UserError(f"report_to: {name} is not installed; pip install {name}") from None
    return callbacks
