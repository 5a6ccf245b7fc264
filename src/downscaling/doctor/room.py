"""Checks of the machine: disk, memory, GPUs, and whether what is tuned and asked fits them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.jobs import Job
from ..data.fetching import is_fetched
from ..planning.jobs import Jobs
from ..runtime.devices import DeviceError
from ..study.study import Study
from .finding import Finding
from .machine import Gpu, Machine

if TYPE_CHECKING:  # it needs torch
    from ..planning.workload import Workload

SMALL = 2_000_000_000
"""Bytes that a study of rendered images without a GPU takes at most; the default run takes a tenth.
Its models are so small that nobody waits for them to be counted."""

STAGES = {
    "fetch": ("fetch",),
    "backbones": ("pretrain", "convert", "convert_internvl"),
    "teach": ("statements", "depict"),
    "perceive": ("features", "perceive", "evaluate", "probe"),
    "reason": ("observe", "observe_samples", "reason"),
}
"""The stages of each kind of job in the configuration's `jobs`; `tune` goes by size, and all others
are light."""


def asked(study: Study, jobs: Jobs) -> dict[str, Job]:
    """What each kind of job that the study has asks for, by its name in the configuration."""
    kinds = {"light": study.configuration.jobs.light}
    for name, stages in STAGES.items():
        if jobs.count(*stages):
            kinds[name] = getattr(study.configuration.jobs, name)
    for _, size in jobs.tunings():
        by_size = size in study.configuration.jobs.tune_by_size
        name = f"tune_by_size.{size}" if by_size else "tune"
        kinds[name] = study.models.tuning_job(size)
    return kinds


def disk(study: Study, machine: Machine, work: Workload | None) -> Finding:
    """Whether the results fit. work: None for a study without a GPU."""
    folder = Path(study.paths.root).absolute()
    free, needed = machine.free_disk(folder), float(SMALL)
    if work is not None:
        from ..planning.report import planned

        needed = planned(work, utilisation=1.0).total().disk
        for source, out in study.downloads.all().items():
            if source in work.pins and is_fetched(Path(out), work.pins[source]):
                needed -= work.download(source)
    told = f"{_gigabytes(free)} free for {study.paths.root}, about {_gigabytes(needed)} needed"
    if free < needed:
        return Finding("disk", told, "make room, or run it where there is more")
    return Finding("disk", told)


def memory(study: Study, machine: Machine, jobs: Jobs) -> Finding:
    """Whether the job that asks for most memory can have it."""
    kind, largest = max(asked(study, jobs).items(), key=lambda item: item[1].mem_mb)
    held, needed = machine.memory(), largest.mem_mb * 1_000_000
    told = f"{_gigabytes(held)} here, {_gigabytes(needed)} asked for by jobs.{kind}"
    if held < needed:
        remedy = f"ask where the jobs will run, or lower jobs.{kind}.mem_mb if it needs less"
        return Finding("memory", told, remedy)
    return Finding("memory", told)


def gpus(study: Study, machine: Machine, jobs: Jobs) -> tuple[Finding, list[Gpu]]:
    """Whether there are as many GPUs as a job asks for and all of them compute; and those GPUs,
    none where something is wrong."""
    kind, most = max(asked(study, jobs).items(), key=lambda item: item[1].gpu)
    if not most.gpu:
        return Finding("GPUs", "no job asks for one"), []
    elsewhere = "ask where the jobs will run"
    try:
        found = machine.gpus()
    except DeviceError as error:
        remedy = (
            f"{elsewhere}; or mend driver and torch until `nvidia-smi` and a product in torch work"
        )
        return Finding("GPUs", f"{error}; layouts are not judged", remedy), []
    told = f"{len(found)} compute ({_named(found)}), {most.gpu} asked for by jobs.{kind}"
    if len(found) < most.gpu:
        return Finding("GPUs", told, f"{elsewhere}, or lower jobs.{kind}.gpu"), found
    return Finding("GPUs", told), found


def layouts(study: Study, found: list[Gpu], work: Workload) -> Iterator[Finding]:
    """Whether each size that is tuned, and what takes most of those that answer, fits a GPU. found:
    the GPUs, at least one."""
    from ..planning import memory as planned

    per_gpu = study.configuration.jobs.per_gpu
    room = min(gpu.bytes for gpu in found) / per_gpu
    share = f"{_gigabytes(room)} of a GPU" + (f" that {per_gpu} share" if per_gpu > 1 else "")
    for need in planned.tunings(work):
        size = need.what.rpartition("-")[2]
        told = f"about {_gigabytes(need.bytes)} of the {share}, on each of {need.gpus}"
        remedy = (
            f"in tuning.layouts.{size}: a smaller device_batch_size, gradient_checkpointing, "
            "sharding: full over more GPUs"
        )
        yield Finding(need.what, told, remedy if need.gpus and need.bytes > room else "")
    for need in planned.evaluations(work):
        told = f"about {_gigabytes(need.bytes)} of the {share}"
        remedy = "a smaller batch_size of what it does, or a GPU with more memory"
        yield Finding(need.what, told, remedy if need.gpus and need.bytes > room else "")


def _named(found: list[Gpu]) -> str:
    """The GPUs' names, each once, with their memory."""
    return (
        ", ".join(dict.fromkeys(f"{gpu.name}, {_gigabytes(gpu.bytes)}" for gpu in found)) or "none"
    )


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:,.1f} GB"
