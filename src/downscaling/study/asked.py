"""What a stage's jobs ask for: GPUs, memory and time, by the kinds of `jobs`."""

from __future__ import annotations

from ..config.jobs import Job
from .study import Study

KINDS = {
    "fetch": "fetch",
    "pretrain": "backbones",
    "convert": "backbones",
    "convert_internvl": "backbones",
    "tune": "tune",
    "statements": "teach",
    "depict": "teach",
    "features": "perceive",
    "perceive": "perceive",
    "evaluate": "perceive",
    "probe": "perceive",
    "observe": "reason",
    "observe_samples": "reason",
    "reason": "reason",
}
"""The kind of each stage's jobs, a key of `jobs`; the jobs of all other stages are light."""


def asked(study: Study, stage: str, size: str = "") -> tuple[str, Job]:
    """What a stage's jobs ask for, behind the key under `jobs` that says so. size: of the model
    that is tuned."""
    kind, jobs = KINDS.get(stage, "light"), study.configuration.jobs
    if kind == "tune" and size in jobs.tune_by_size:
        return f"tune_by_size.{size}", jobs.tune_by_size[size]
    return kind, getattr(jobs, kind)
