"""Weights that are no numbers: a model with one NaN loads, and answers with empty strings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import safe_open

from ..errors import ModelError

WHAT = "holds NaN or infinite numbers"


def check_finite(model: torch.nn.Module, folder: Path) -> None:
    """Raise ModelError, with file and name, for a weight of a model that was read from a folder of
    safetensors and is not finite."""
    name = not_finite(model)
    if name is None:
        return
    for path in sorted(folder.glob("*.safetensors")):  # which may have another name for it
        with safe_open(path, framework="pt") as file:
            check_finite_weights(((own, file.get_tensor(own)) for own in file.keys()), path)  # noqa: SIM118
    raise ModelError(f"{folder}: weight {name} {WHAT}; delete {folder} and make it again")


def check_finite_weights(weights: Iterable[tuple[str, torch.Tensor]], path: Path) -> None:
    """Raise ModelError for a weight of a file that is not finite."""
    for name, weight in weights:
        if not is_finite(weight):
            raise ModelError(
                f"{path}: weight {name} {WHAT}; delete {path.parent} and make it again"
            )


def not_finite(model: torch.nn.Module) -> str | None:
    """The name of the first weight that is not finite; None if there is none. Of a sharded weight
    this process's shard counts."""
    for name, weight in model.named_parameters():
        if not is_finite(getattr(weight, "_local_tensor", weight)):
            return name
    return None


@torch.no_grad()
def is_finite(weight: torch.Tensor) -> bool:
    """Whether all of a tensor's numbers are finite.

    Their sum tells it at the speed of memory, for NaN and infinity stay in it. A sum that is not
    finite may also be too large for its type; then each number is looked at.
    """
    if weight.dtype.itemsize == 1 and weight.is_floating_point():
        weight = weight.float()  # torch sums no numbers of 8 bits
    return bool(weight.sum().isfinite() or weight.isfinite().all())
