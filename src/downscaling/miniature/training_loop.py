"""How the miniature's backbones are pretrained: courses of steps, and what is saved of them."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast

from ..config.backbones import LanguageModelPretraining, TowerPretraining
from ..errors import UserError
from ..models.optimizer import MuonWithAdamW
from ..records.files import replacing
from ..runtime.progress import Progress

LOG_EVERY = 50
NORM_RATE = 3.0  # of the attention norms, which set how sharply a head looks, times the rest's


@dataclasses.dataclass(frozen=True)
class Course:
    """Steps with an optimiser of their own.

    Attributes:
        batches: one for each step.
        muon_rate, adamw_rate: the peak learning rates of the layers' matrices and of the rest.
    """

    steps: int
    batches: Iterator[Any]
    muon_rate: float
    adamw_rate: float


Curve = list[tuple[int, float]]
"""The mean loss over each LOG_EVERY steps, by the number of steps until then."""


def train(
    courses: Sequence[Course],
    loss: Callable[[Any], torch.Tensor],
    model: torch.nn.Module,
    progress: Progress,
) -> Curve:
    """Train a model on courses that follow each other.

    Args:
        loss: of a batch, a scalar that carries gradients to the model's parameters.
        progress: is called with the number of steps since its last call, and their mean loss.
    """
    curve: Curve = []
    before = 0
    for course in courses:
        curve += [(before + step, mean) for step, mean in _course(course, loss, model, progress)]
        before += course.steps
    return curve


def _course(
    course: Course,
    loss: Callable[[Any], torch.Tensor],
    model: torch.nn.Module,
    progress: Progress,
) -> Iterator[tuple[int, float]]:
    """Muon on the layers' matrices and AdamW on the rest; rates rise over 30 steps and fall in a
    line to 3 %."""
    named = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    matrices = [weight for name, weight in named if weight.ndim == 2 and ".layers." in name]
    norms = [weight for name, weight in named if name.endswith(("q_norm.weight", "k_norm.weight"))]
    rest = [w for _, w in named if not any(w is other for other in (*matrices, *norms))]
    groups = [{"params": rest, "lr": course.adamw_rate}]
    if norms:
        groups.append({"params": norms, "lr": NORM_RATE * course.adamw_rate})
    optimizer = MuonWithAdamW([{"params": matrices, "lr": course.muon_rate}], groups, 0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda taken: _factor(taken, course.steps)
    )
    recent: list[float] = []
    for step in range(1, course.steps + 1):
        value = loss(next(course.batches))
        value.backward()
        torch.nn.utils.clip_grad_norm_(rest, 1.0)  # Muon's updates have a size of their own
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        recent.append(value.item())
        if not math.isfinite(recent[-1]):
            raise UserError(f"step {step}: the loss is {recent[-1]}; lower the learning rates")
        if step % LOG_EVERY == 0 or step == course.steps:
            mean = sum(recent) / len(recent)
            yield step, mean
            progress(len(recent), mean)
            recent = []


def _factor(taken: int, steps: int) -> float:
    """What the learning rates are multiplied with after so many of the steps."""
    return min(1.0, (taken + 1) / 30) * (0.03 + 0.97 * (1 - taken / steps))


def save(
    out: Path,
    model: Any,
    recipe: LanguageModelPretraining | TowerPretraining,
    curve: Curve,
    tokenizer: PreTrainedTokenizerFast | None = None,
) -> None:
    """The model as transformers saves it, beside it `recipe.json` and `loss.csv`."""
    with replacing(out) as folder:
        model.save_pretrained(folder)
        if tokenizer:
            tokenizer.save_pretrained(folder)
        about = {
            "recipe": recipe.model_dump(),
            "parameters": sum(weight.numel() for weight in model.parameters()),
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
        }
        (folder / "recipe.json").write_text(json.dumps(about, indent=2) + "\n")
        with (folder / "loss.csv").open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["step", "loss"])
            writer.writerows((step, f"{mean:.4f}") for step, mean in curve)
