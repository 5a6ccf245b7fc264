"""Muon for a network's matrices and AdamW for everything else, as one optimiser.

Muon takes matrices only, so two optimisers must act as one for a learning-rate
scheduler, a Trainer and a checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from .muon import Muon


class MuonWithAdamW(torch.optim.Optimizer):
    """One optimiser over two: `matrices` go to Muon, `groups` to AdamW.

    matrices: groups of 2-D parameters, each {"params": [...], "lr": rate}. groups: the same for the
    rest. Muon scales its updates to AdamW's size, so that learning rates of both are of the same
    kind. Betas (0.9, 0.98) for AdamW: short runs want a short memory.
    """

    def __init__(
        self,
        matrices: Sequence[dict[str, Any]],
        groups: Sequence[dict[str, Any]],
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__([dict(group) for group in (*matrices, *groups)], {})
        self.parts: list[torch.optim.Optimizer] = []
        if matrices:
            self.parts.append(Muon([dict(group) for group in matrices], weight_decay=weight_decay))
        if groups:
            self.parts.append(
                torch.optim.AdamW(
                    [dict(group) for group in groups],
                    betas=(0.9, 0.98),
                    weight_decay=weight_decay,
                    fused=True,  # one pass, with an exact root on every processor
                )
            )
        self._share()

    def _share(self) -> None:
        """Show the parts' own groups as ours: a scheduler that sets `lr` here sets it there."""
        self.param_groups = [group for part in self.parts for group in part.param_groups]

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        if closure is not None:
            raise ValueError("MuonWithAdamW takes no closure")
        for part in self.parts:
            part.step()

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """The parts' states; `load_state_dict` takes it back."""
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back what `state_dict` gave."""
        for part, state in zip(self.parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self._share()
