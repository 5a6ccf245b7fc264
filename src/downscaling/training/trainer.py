"""transformers' Trainer with the study's order of data, optimiser and checkpoints."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from accelerate.utils import broadcast_object_list
from accelerate.utils.constants import FSDP_MODEL_NAME
from safetensors.torch import load_model, save_model
from torch.utils.data import Sampler
from transformers import (
    LlavaOnevisionForConditionalGeneration,
    ProgressCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from ..config.tunings import TuningSettings
from ..errors import UserError
from ..models.finite import WHAT, not_finite
from ..records.files import seed_of
from ..runtime.progress import progress_bar
from . import checkpoints
from .conversations import Conversations
from .parts import optimizer_of


class TuningTrainer(Trainer):
    """The Trainer, with `LengthGroups` for a sampler, weights that come back from a checkpoint, and
    an end where they are no numbers.

    transformers 5.23 saves a LLaVA-OneVision model under older names of its weights and, on
    resumption, looks for the newer ones, finds none and goes on with a warning. Here a checkpoint
    holds the names as they are, and a weight that is missing is an error. Sharded weights go by
    another way (FSDP's), which keeps the names. And it writes a checkpoint in its place, where one
    that was torn counts as the newest; here it is written aside (`checkpoints.keep`).
    """

    model: torch.nn.Module  # what `train` gives it, where the Trainer allows for more
    train_dataset: Conversations

    def __init__(self, settings: TuningSettings, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.settings = settings
        together = self.args.train_batch_size * self.args.world_size
        self.order = LengthGroups(
            self.train_dataset.lengths,
            together * self.args.gradient_accumulation_steps,
            cast(int, self.args.data_seed),
            full=together if self.args.world_size > 1 else 1,
            longest_first=settings.order == "longest-first",
        )
        self.add_callback(_Follow(self.order))
        self.add_callback(_LogBeforeSaving())
        self.remove_callback(ProgressCallback)
        self.add_callback(_ShowLoss())

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """The study's optimiser; made here, for FSDP refuses one that is handed in."""
        self.optimizer = optimizer_of(self.model, self.settings)
        return self.optimizer

    def newest_checkpoint(self) -> str | None:
        """Where to go on from, the same in all processes.

        Raises UserError for a checkpoint in shards where this process works alone, and the other
        way round; as many shards as processes are not needed.
        """
        folder = self._checkpoints
        [found] = broadcast_object_list(
            [checkpoints.newest(folder) if self.is_world_process_zero() else None]
        )
        if found is None:
            return None
        is_in_shards = any(found.glob(f"{FSDP_MODEL_NAME}_*"))
        if is_in_shards != self.is_fsdp_enabled:
            of_one, of_several = "whole and for one GPU", "in shards and for several GPUs"
            was, now = (of_several, of_one) if is_in_shards else (of_one, of_several)
            raise UserError(
                f"{found}: {was}, and this tuning is {now}; "
                f"give it GPUs as before, or delete {folder} to begin anew"
            )
        return str(found)

    def check_weights(self) -> None:
        """Raise UserError for a weight that is not finite."""
        name = not_finite(self.model)
        if name is not None:
            raise self._failed(f"after step {self.state.global_step} weight {name} {WHAT}")

    def training_step(
        self, model: Any, inputs: Any, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """The Trainer's, which ends with a UserError where the loss is not finite."""
        loss = super().training_step(model, inputs, num_items_in_batch)
        if not math.isfinite(value := loss.item()):
            raise self._failed(f"step {self.state.global_step + 1}: the loss is {value}")
        return loss

    def _failed(self, what: str) -> UserError:
        kept = checkpoints.steps(self._checkpoints)
        place = f"the checkpoint of step {kept[-1]} stays" if kept else "no checkpoint is there yet"
        return UserError(f"{what}; lower the learning rate ({place} in {self._checkpoints})")

    def gather(self) -> None:
        """After a sharded tuning, put whole weights in the place of the main process's shards."""
        from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict

        options = StateDictOptions(full_state_dict=True, cpu_offload=True)
        whole = get_model_state_dict(self.model, options=options)
        for name, weight in whole.items():
            owner, _, leaf = name.rpartition(".")
            parameter = torch.nn.Parameter(cast(torch.Tensor, weight), requires_grad=False)
            self.model.get_submodule(owner)._parameters[leaf] = parameter
        # FSDP made the model's class one of its own, whose weights transformers would save under
        # other names.
        self.model.__class__ = LlavaOnevisionForConditionalGeneration
        if whole:
            cast(LlavaOnevisionForConditionalGeneration, self.model).tie_weights()

    @property
    def _checkpoints(self) -> Path:
        return Path(cast(str, self.args.output_dir))

    def _get_output_dir(self, trial: Any) -> str:
        return str(self._checkpoints / checkpoints.UNFINISHED)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        self.check_weights()
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.is_world_process_zero():
            [written] = Path(self._get_output_dir(trial)).iterdir()
            checkpoints.keep(written, self._checkpoints)

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        if not self.args.should_save:
            return
        folder = Path(output_dir or cast(str, self.args.output_dir))
        folder.mkdir(parents=True, exist_ok=True)
        save_model(self.model, str(folder / "model.safetensors"))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        if self.is_fsdp_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)
        else:
            load_model(model or self.model, str(Path(resume_from_checkpoint) / "model.safetensors"))

    def _get_train_sampler(self, train_dataset: Any = None) -> LengthGroups:
        return self.order


class LengthGroups(Sampler[int]):
    """Batches of like lengths in random order; the order depends on the seed and the epoch alone.
    Or all from long to short, in each epoch.

    batch_size: conversations a step, over all devices and accumulated batches, so that neither
    changes what a step sees. full: the number that the indices are made a multiple of, for devices
    that must each get as much; an index ~i stands for conversation i without a label, which adds
    nothing (accelerate would repeat conversations, which counts them twice). longest_first: from
    long to short, which shows at the first step whether the memory suffices; but the last batches
    of a run then hold just one kind of conversation.

    transformers' own sampler always runs from long to short; and it draws from the ambient
    generator, so that a resumed run would go on in another order.
    """

    POOL = 32  # batches drawn together and sorted by length

    def __init__(
        self,
        lengths: Sequence[int],
        batch_size: int,
        seed: int,
        full: int = 1,
        longest_first: bool = False,
    ) -> None:
        self.lengths, self.batch_size, self.seed, self.epoch = lengths, batch_size, seed, 0
        self.lacking, self.longest_first = -len(lengths) % full, longest_first

    def set_epoch(self, epoch: int) -> None:
        """The Trainer says which pass over the data comes next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths) + self.lacking

    def __iter__(self) -> Iterator[int]:
        indices = self._from_long_to_short() if self.longest_first else self._mixed()
        return iter(indices + [~indices[-1]] * self.lacking)

    def seen(self, steps: int) -> list[int]:
        """The conversations that this many steps take, each as often as a pass brings it."""
        a_pass = -(-len(self) // self.batch_size)
        passes, left = divmod(steps, a_pass)
        self.set_epoch(passes)
        begun = [index for index in list(self)[: left * self.batch_size] if index >= 0]
        return list(range(len(self.lengths))) * passes + begun

    def _from_long_to_short(self) -> list[int]:
        return sorted(range(len(self.lengths)), key=lambda i: -self.lengths[i])

    def _mixed(self) -> list[int]:
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
        return [index for batch in batches for index in batch]


class _Follow(TrainerCallback):
    """Tells the order of the data which pass comes next, from the state that a checkpoint holds.

    In several processes accelerate's loader does not reach it when a resumed pass begins midway.
    """

    def __init__(self, order: LengthGroups) -> None:
        self.order = order

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """transformers calls this before the loader starts a pass."""
        self.order.set_epoch(int(state.epoch or 0))


class _LogBeforeSaving(TrainerCallback):
    """A checkpoint holds no losses since the last log; so one is logged with each, and a resumed
    tuning has the curve of an unbroken one. At the end nothing more is logged."""

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """transformers' own callback has decided by now."""
        control.should_log |= control.should_save and not control.should_training_stop


class _ShowLoss(ProgressCallback):
    """transformers' progress bar, with the loss that was logged last. A resumed tuning's begins at
    its checkpoint, whose steps say nothing of the pace; and a log gets it every few seconds."""

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """The state is that of the checkpoint by now."""
        if state.is_world_process_zero:
            self.training_bar = progress_bar("step", state.max_steps, state.global_step)
        self.current_step = state.global_step

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """What is logged goes to the job's log too."""
        if self.training_bar is not None and logs and "loss" in logs:
            self.training_bar.set_postfix(loss=logs["loss"], refresh=False)
        super().on_log(args, state, control, logs)  # type: ignore[no-untyped-call]
