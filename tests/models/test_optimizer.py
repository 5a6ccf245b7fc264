"""The joint optimiser does what its two parts do, and comes back from a checkpoint."""

from __future__ import annotations

import copy

import torch

from downscaling.models.muon import Muon
from downscaling.models.optimizer import MuonWithAdamW


def _model() -> torch.nn.Sequential:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))


def _joint(model: torch.nn.Sequential) -> MuonWithAdamW:
    rest = [p for name, p in model.named_parameters() if name != "0.weight"]
    return MuonWithAdamW(
        [{"params": [model[0].weight], "lr": 0.02}], [{"params": rest, "lr": 0.01}], 0.1
    )


def _train(model: torch.nn.Module, optimizer: torch.optim.Optimizer, steps: range) -> None:
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step))
    for step in steps:
        batch = torch.randn(16, 8, generator=torch.Generator().manual_seed(step))
        model(batch).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()


def test_it_moves_weights_as_muon_and_adamw_do_apart() -> None:
    """Catches a scheduler or weight decay that reaches only one of the two."""
    together, apart = _model(), _model()
    _train(together, _joint(together), range(4))
    muon = torch.optim.Muon(
        [apart[0].weight], lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
    )
    rest = [p for name, p in apart.named_parameters() if name != "0.weight"]
    adamw = torch.optim.AdamW(rest, lr=0.01, betas=(0.9, 0.98), weight_decay=0.1)
    for step in range(4):
        for optimizer, rate in ((muon, 0.02), (adamw, 0.01)):
            optimizer.param_groups[0]["lr"] = rate / (1 + step)
        batch = torch.randn(16, 8, generator=torch.Generator().manual_seed(step))
        apart(batch).square().mean().backward()
        muon.step()
        adamw.step()
        apart.zero_grad()
    for mine, theirs in zip(together.parameters(), apart.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-3)  # torch's Muon is in bfloat16


def test_many_matrices_move_as_torch_s_muon_moves_each() -> None:
    """Catches matrices of one shape that are mixed up, a tall one that is not turned back, a rate
    that does not follow the shape, and weight decay that is left out."""
    shapes = [(8, 24), (24, 8), (8, 24), (8, 8), (16, 8)]
    torch.manual_seed(0)
    mine = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    theirs = [torch.nn.Parameter(matrix.detach().clone()) for matrix in mine]
    ours = Muon([{"params": mine, "lr": 0.02}], weight_decay=0.1)
    reference = torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    before = [matrix.detach().clone() for matrix in mine]
    for _ in range(5):
        for left, right in zip(mine, theirs, strict=True):
            left.grad = torch.randn_like(left)
            right.grad = left.grad.clone()
        ours.step()
        reference.step()
    for start, left, right in zip(before, mine, theirs, strict=True):
        assert (left - right).norm() < 0.03 * (right - start).norm()


def test_it_goes_on_from_its_saved_state_as_if_never_stopped() -> None:
    """Catches momentum lost on resumption."""
    whole = _model()
    optimizer = _joint(whole)
    _train(whole, optimizer, range(3))
    resumed, state = copy.deepcopy(whole), copy.deepcopy(optimizer.state_dict())
    again = _joint(resumed)
    again.load_state_dict(state)
    _train(whole, optimizer, range(3, 6))
    _train(resumed, again, range(3, 6))
    for mine, theirs in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(mine, theirs)
