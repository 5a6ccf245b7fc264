"""What each kind of job asks for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .block import Block, Count, Positive, Size

Minutes = Annotated[Positive, Field(le=525_600)]


class Job(Block):
    """What a job asks for."""

    gpu: Annotated[Count, Field(le=1_024)]
    """GPUs; 0 runs it on the CPU"""
    mem_mb: Positive
    """memory in MB, times the attempt"""
    runtime: Minutes
    """minutes, times the attempt; a job that goes on where it was keeps its time"""


class Cap(Block):
    """The most that a job asks for, at whatever attempt."""

    mem_mb: Positive
    """memory in MB: what a node has"""
    runtime: Minutes
    """minutes: what a partition allows"""


class Jobs(Block):
    """What each kind of job asks for."""

    light: Job
    """data, tables and figures"""
    fetch: Job
    """downloads"""
    backbones: Job
    """pretraining, and the conversion of released checkpoints"""
    tune: Job
    tune_by_size: dict[Size, Job]
    """of tunings at these sizes, in place of `tune`"""
    teach: Job
    """the teacher's two steps"""
    perceive: Job
    """everything that reads images: descriptions, end-to-end answers, features, the probe"""
    reason: Job
    """answers from descriptions, and focus phrases"""
    at_most: Cap = Cap(mem_mb=16000, runtime=1440)
    """where memory and time stop growing"""
    per_gpu: Annotated[Positive, Field(le=1_024)]
    """jobs that share one GPU, where no scheduler hands GPUs out"""
    pretended_gpus: bool = False
    """true: a job that was given GPUs computes on the CPU all the same; for tests of clusters"""
