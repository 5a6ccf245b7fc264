"""transformers' Trainer with the study's order of data, optimiser and checkpoints."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_model, save_model
from torch.utils.data import Sampler
from transformers import (
    LlavaOnevisionForConditionalGeneration,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from ..config.tunings import TuningSettings
from ..records.files import seed_of
from .conversations import Conversations
from .parts import optimizer_of


class TuningTrainer(Trainer):
    """The Trainer, with `LengthGroups` for a sampler and weights that come back from a checkpoint.

    transformers 5.23 saves a LLaVA-OneVision model under older names of its weights and, on
    resumption, looks for the newer ones, finds none and goes on with a warning. Here a checkpoint
    holds the names as they are, and a weight that is missing is an error. Sharded weights go by
    another way (FSDP's), which keeps the names.
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

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """The study's optimiser; made here, for FSDP refuses one that is handed in."""
        self.optimizer = optimizer_of(self.model, self.settings)
        return self.optimizer

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
