"""What the paper prints for a run, by the roles of its models."""

from __future__ import annotations

import dataclasses
import math

from ..config.roles import Roles
from ..results import reference
from ..study.runs import Run

MODELS = {
    "baseline": "Baseline decoupled (Sec 3.3)",
    "caption": "Caption+Think",
    "extraction": "Extract+Think",
    "extraction-scratch": "Extract+Think from scratch (dagger)",
}
"""Of each role a model that the paper prints numbers of: its name there."""

RELEASED = "released-"
"""Begins the roles of checkpoints that the authors released."""


def printed_as(run: Run, roles: Roles) -> Run:
    """The run under whose name the reference keeps what the paper prints for a run. What it prints
    for a model of its own is also about the released checkpoint of that model."""
    known = roles.role_of(run.perception)
    if known is None:
        return run
    role, size = known
    tuning, _ = reference.MODELS[MODELS[role.removeprefix(RELEASED)]]
    return dataclasses.replace(run, perception=f"{tuning}-{size}")


def in_paper(run: Run, roles: Roles, benchmark: str, category: str) -> float:
    """The accuracy that the paper prints for a run, a fraction; not-a-number where it does not."""
    return reference.accuracies().get((printed_as(run, roles), benchmark, category), math.nan)
