"""Muon (Jordan et al., https://kellerjordan.github.io/posts/muon/) with products in batches.

torch.optim.Muon takes one matrix after another, and rounds to bfloat16, which most processors only
imitate. Here matrices of one shape are made orthogonal together, in float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the Newton-Schulz iteration, as published; torch.optim.Muon has the same."""
ITERATIONS = 5
TINY = 1e-7


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, made orthogonal and scaled to the size of AdamW's updates (Liu et al.,
    arXiv 2502.16982): the rule of torch.optim.Muon with `match_rms_adamw`.

    params: groups of matrices, which are neither sharded nor complex.
    """

    def __init__(
        self,
        params: Iterable[dict[str, Any]],
        lr: float = 1e-3,
        weight_decay: float = 0.0,
        momentum: float = 0.95,
    ) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of every matrix that has a gradient."""
        for group in self.param_groups:
            held = [p for p in group["params"] if p.grad is not None]
            for _, alike in groupby(sorted(held, key=_shape), key=_shape):
                self._update(list(alike), group)

    def _update(self, matrices: list[torch.Tensor], group: dict[str, Any]) -> None:
        gradients = [_wide(m.grad) for m in matrices if m.grad is not None]
        for matrix in matrices:
            if not self.state[matrix]:
                self.state[matrix]["momentum_buffer"] = torch.zeros_like(matrix)
        buffers = [_wide(self.state[m]["momentum_buffer"]) for m in matrices]
        torch._foreach_lerp_(buffers, gradients, 1 - group["momentum"])
        ahead = torch._foreach_lerp(gradients, buffers, group["momentum"])
        updates = orthogonal(torch.stack(list(ahead)).float())
        wide = [_wide(matrix) for matrix in matrices]
        rate = group["lr"] * 0.2 * max(matrices[0].shape) ** 0.5
        if group["weight_decay"]:
            torch._foreach_mul_(wide, 1 - group["lr"] * group["weight_decay"])
        torch._foreach_add_(wide, list(updates.to(wide[0].dtype).unbind()), alpha=-rate)


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """Matrices (count, rows, columns), rows <= columns, with singular values near 1."""
    a, b, c = COEFFICIENTS
    squares = matrices.square().sum((1, 2), keepdim=True)
    # 1 / root by exact instructions; torch.sqrt is approximate on some processors.
    near = matrices * squares.clamp(min=TINY**2).rsqrt()
    for _ in range(ITERATIONS):
        gram = torch.bmm(near, near.mT)
        polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        near = torch.baddbmm(near, polynomial, near, beta=a)
    return near


def _shape(matrix: torch.Tensor) -> tuple[int, ...]:
    return tuple(sorted(matrix.shape))


def _wide(matrix: torch.Tensor) -> torch.Tensor:
    """A view with no more rows than columns."""
    return matrix.mT if matrix.shape[0] > matrix.shape[1] else matrix
