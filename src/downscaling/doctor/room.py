"""Checks of the machine: disk, memory, GPUs, and whether what is tuned and asked fits them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..config.jobs import Job
from ..data.fetching import is_fetched
from ..planning.jobs import Jobs
from ..runtime.devices import DeviceError
from ..study.asked import asked
from ..study.study import Study
from .finding import Finding
from .machine import Gpu, Machine

if TYPE_CHECKING:  # it needs torch
    from ..planning.workload import Workload

SMALL = 2_000_000_000
"""Bytes that a study of rendered images without a GPU takes at most; the default run takes a tenth.
Its models are so small that nobody waits for them to be counted."""


def kinds(study: Study, jobs: Jobs) -> dict[str, Job]:
    """What each kind of job that the study has asks for, by its key under `jobs`."""
    return dict(asked(study, stage, key.get("size", "")) for stage, key in jobs)


def disk(study: Study, machine: Machine, work: Workload | None) -> Finding:
    """Whether the results fit. work: None for a study without a GPU."""
    folder = Path(study.paths.root).absolute()
    free, needed = machine.free_disk(folder), float(SMALL)
    if work is not None:
        from ..planning.report import planned

        needed = planned(work, utilisation=1.0).total().disk
        folders = study.downloads.all()
        for source in work.jobs.values("fetch", "source"):
            if source in work.pins and is_fetched(Path(folders[source]), work.pins[source]):
                needed -= work.download(source)
    told = f"{_gigabytes(free)} free for {study.paths.root}, about {_gigabytes(needed)} needed"
    if free < needed:
        return Finding("disk", told, "make room, or run it where there is more")
    return Finding("disk", told)


def memory(study: Study, machine: Machine, jobs: Jobs) -> Finding:
    """Whether the job that asks for most memory can have it."""
    kind, largest = max(kinds(study, jobs).items(), key=lambda item: item[1].mem_mb)
    held, needed = machine.memory(), largest.mem_mb * 1_000_000
    told = f"{_gigabytes(held)} here, {_gigabytes(needed)} asked for by jobs.{kind}"
    if held < needed:
        remedy = f"ask where the jobs will run, or lower jobs.{kind}.mem_mb if it needs less"
        return Finding("memory", told, remedy)
    return Finding("memory", told)


def gpus(study: Study, machine: Machine, jobs: Jobs) -> tuple[Finding, list[Gpu]]:
    """Whether there are as many GPUs as a job asks for and all of them compute; and those GPUs,
    none where something is wrong."""
    kind, most = max(kinds(study, jobs).items(), key=lambda item: item[1].gpu)
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
        told = (
            f"about {_gigabytes(need.bytes)} of the {share}, on each of {need.gpus}; "
            f"{_gigabytes(need.most)} where a conversation fills max_length"
        )
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
