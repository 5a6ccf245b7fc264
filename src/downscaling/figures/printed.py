"""What the paper prints for a run, by the roles of its models."""

from __future__ import annotations

import dataclasses
import math

from ..config.roles import Roles
from ..results.reference import accuracies
from ..study.runs import Run

NAMES = {
    "baseline": "instruct",
    "caption": "caption",
    "extraction": "extract",
    "extraction-scratch": "extract-scratch",
}
"""Under what name the reference keeps the paper's numbers for each role."""

RELEASED = "released-"
"""Begins the roles of checkpoints that the authors released."""


def printed_as(run: Run, roles: Roles) -> Run:
    """The run under whose name the reference keeps what the paper prints for a run. What it prints
    for a model of its own is also about the released checkpoint of that model."""
    known = roles.role_of(run.perception)
    if known is None:
        return run
    role, size = known
    return dataclasses.replace(run, perception=f"{NAMES[role.removeprefix(RELEASED)]}-{size}")


def in_paper(run: Run, roles: Roles, benchmark: str, category: str) -> float:
    """The accuracy that the paper prints for a run, a fraction; not-a-number where it does not."""
    return accuracies().get((printed_as(run, roles), benchmark, category), math.nan)
