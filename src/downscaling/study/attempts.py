"""What a job asks for when it is tried again."""

from __future__ import annotations

from ..config.jobs import Cap, Job

RESUMED = ("fetch", "tune", "statements", "depict", "observe", "observe_samples")
"""Stages whose jobs go on where an earlier attempt was ended."""


def memory(job: Job, most: Cap, attempt: int) -> int:
    """MB at an attempt, the first of which is 1: more each time, for too few may have ended it."""
    return min(job.mem_mb * attempt, most.mem_mb)


def minutes(job: Job, most: Cap, attempt: int, resumes: bool) -> int:
    """Minutes at an attempt: more each time, but as many again for a job that goes on where it was
    (`resumes`)."""
    return min(job.runtime * (1 if resumes else attempt), most.runtime)
