"""What each kind of job asks for."""

from __future__ import annotations

from .block import Block, Count, Positive, Size


class Job(Block):
    """What a job asks for."""

    gpu: Count
    """GPUs; 0 runs it on the CPU"""
    mem_mb: Positive
    """memory in MB, times the attempt"""
    runtime: Positive
    """minutes, times the attempt"""


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
    per_gpu: Positive
    """jobs that share one GPU, where no scheduler hands GPUs out"""
