"""Checks of the machine: disk, memory, GPUs, and whether what is tuned and asked fits them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..config.jobs import Job
from ..data.fetching import is_fetched
from ..planning import memory as sizes
from ..planning.jobs import Jobs
from ..planning.report import planned, scaled
from ..planning.workload import Workload
from ..runtime.devices import DeviceError
from ..study.asked import asked
from ..study.study import Study
from .finding import Finding
from .machine import Gpu, Machine

RESERVE, LEAST_RESERVE = 0.2, 500_000_000
"""What has to be free beside the plan's bytes, a share of them and at least so many bytes: for
samples, pages and logs, states of trainings under way, and what a disk adds to small files, which
no plan counts. The default run takes 318 MB of a disk, and its plan counts 197 MB."""


def kinds(study: Study, jobs: Jobs) -> dict[str, Job]:
    """What each kind of job that the study has asks for, by its key under `jobs`."""
    return dict(asked(study, stage, key.get("size", "")) for stage, key in jobs)


def disk(study: Study, machine: Machine, work: Workload) -> Finding:
    """Whether the results fit: what the plan counts, without what is fetched already, and a
    reserve."""
    free = machine.free_disk(Path(study.paths.root).absolute())
    counted, folders = planned(work, utilisation=1.0).total().disk, study.downloads.all()
    here = sum(
        work.download(source)
        for source in work.jobs.values("fetch", "source")
        if source in work.pins and is_fetched(Path(folders[source]), work.pins[source])
    )
    reserve = max(RESERVE * (counted - here), LEAST_RESERVE)
    needed = f"{scaled(counted, 'B')} by the plan"
    needed += f", of which {scaled(here, 'B')} are here," if here else ""
    needed += f" and {scaled(reserve, 'B')} in reserve"
    told = f"{scaled(free, 'B')} free for {study.paths.root}; needed are {needed}"
    if free < counted - here + reserve:
        return Finding("disk", told, "make room, or run it where there is more")
    return Finding("disk", told)


def memory(study: Study, machine: Machine, jobs: Jobs) -> Finding:
    """Whether the job that asks for most memory can have it."""
    kind, largest = max(kinds(study, jobs).items(), key=lambda item: item[1].mem_mb)
    held, needed = machine.memory(), largest.mem_mb * 1_000_000
    told = f"{scaled(held, 'B')} here, {scaled(needed, 'B')} asked for by jobs.{kind}"
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
    per_gpu = study.configuration.jobs.per_gpu
    room = min(gpu.bytes for gpu in found) / per_gpu
    share = f"{scaled(room, 'B')} of a GPU" + (f" that {per_gpu} share" if per_gpu > 1 else "")
    for need in sizes.tunings(work):
        size = need.what.rpartition("-")[2]
        told = (
            f"about {scaled(need.bytes, 'B')} of the {share}, on each of {need.gpus}; "
            f"{scaled(need.most, 'B')} where a conversation fills max_length"
        )
        remedy = (
            f"in tuning.layouts.{size}: a smaller device_batch_size, gradient_checkpointing, "
            "sharding: full over more GPUs"
        )
        yield Finding(need.what, told, remedy if need.gpus and need.bytes > room else "")
    for need in sizes.evaluations(work):
        told = f"about {scaled(need.bytes, 'B')} of the {share}"
        remedy = "a smaller batch_size of what it does, or a GPU with more memory"
        yield Finding(need.what, told, remedy if need.gpus and need.bytes > room else "")


def _named(found: list[Gpu]) -> str:
    """The GPUs' names, each once, with their memory."""
    return (
        ", ".join(dict.fromkeys(f"{gpu.name}, {scaled(gpu.bytes, 'B')}" for gpu in found)) or "none"
    )
