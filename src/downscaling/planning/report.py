"""The plan of a study as a table to read and as values for programs."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..config.jobs import Job
from ..data import lock
from ..records.tables import read_table
from ..report.costs import Cost
from ..report.stages import ALL
from ..study.study import Study
from . import assumptions
from .evaluation import decoupled, end_to_end, external, tables
from .jobs import Jobs
from .shapes import shapes_of
from .training import backbones, extraction, sources, tuning
from .workload import PlanRow, Workload

PEAK = 989e12
"""Operations a second of an H100 or H200 in bfloat16, dense."""

LEAST_HOURS = 0.01
"""of a GPU, that are printed as a number"""

PARTS = (sources, backbones, external, tuning, extraction, decoupled, end_to_end, tables)


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What a study costs.

    Attributes:
        utilisation: the share of `PEAK` that models reach.
        uncounted: what is downloaded beside the bytes that are known.
        guessed: training sets of whose conversations nothing is known.
        unknown: models of others of which only jobs and bytes are counted.
        on_gpus: whether some job asks for a GPU.
        took: what all jobs took when the preset was last run here; None where it was not.
    """

    preset: str
    rows: Sequence[PlanRow]
    utilisation: float
    uncounted: Sequence[str]
    guessed: Sequence[str]
    unknown: Sequence[str]
    on_gpus: bool = True
    took: Cost | None = None

    def gpu_hours(self, row: PlanRow) -> float:
        """Hours of one GPU. Decoding one token at a time reaches a far lower share of the peak, so
        hours of evaluation are a floor, not a forecast."""
        return row.flops / (PEAK * self.utilisation * 3600)

    def total(self) -> PlanRow:
        """All rows together."""
        sums = {
            name: sum(getattr(row, name) for row in self.rows)
            for name in ("jobs", "tokens", "flops", "disk", "download")
        }
        return PlanRow("total", "", **sums)

    def values(self) -> dict[str, Any]:
        """For programs: `rows` and `total`, with tokens, flops, gpu_hours and whole bytes."""
        return {
            "preset": self.preset,
            "utilisation": self.utilisation,
            "peak_flops": PEAK,
            "rows": [
                {"stage": row.stage, "work": row.work, **self._numbers(row)} for row in self.rows
            ],
            "total": self._numbers(self.total()),
            "uncounted_downloads": list(self.uncounted),
            "sets_of_unknown_lengths": list(self.guessed),
            "models_of_unknown_shape": list(self.unknown),
        }

    def _numbers(self, row: PlanRow) -> dict[str, Any]:
        return {
            "jobs": row.jobs,
            "tokens": round(row.tokens),
            "flops": row.flops,
            "gpu_hours": self.gpu_hours(row),
            "disk_bytes": round(row.disk),
            "download_bytes": round(row.download),
        }

    def text(self) -> str:
        """A table with a row for each kind of job, and the totals."""
        hours = ("GPU-hours",) if self.on_gpus else ()
        head = ("stage", "work", "jobs", "tokens", "FLOPs", *hours, "disk", "download")
        lines = [head, *(self._cells(row) for row in self.rows), self._cells(self.total())]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        printed = [
            "  ".join(
                cell.ljust(width) if column < 2 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        rule = "-" * max(map(len, printed))
        notes = self._on_gpus() if self.on_gpus else self._on_processors()
        notes += [f"not in download: {name}" for name in self.uncounted]
        notes += [f"as long as the mean of the others: {name}" for name in self.guessed]
        notes += [f"not in tokens and GPU-hours: {name}, of unknown shape" for name in self.unknown]
        title = f"plan of {self.preset}"
        body = [printed[0], rule, *printed[1:-1], rule, printed[-1]]
        return "\n".join([title, "", *body, "", *notes])

    def _on_gpus(self) -> list[str]:
        return [
            f"GPU-hours: at {self.utilisation:.0%} of {PEAK / 1e12:.0f} TFLOP/s (H100 or H200, "
            "bfloat16); decoding reaches less",
            "not in GPU-hours: seconds to start each job, and reading data",
        ]

    def _on_processors(self) -> list[str]:
        """What the preset took when it was run here, and so what it takes on this machine."""
        if self.took is None:
            return ["time: no job asks for a GPU; it was not run here yet, so no time is known"]
        cores = os.cpu_count() or 1
        least = max(self.took.longest, self.took.seconds / cores)
        return [
            f"time: {self.took.jobs} jobs took {_minutes(self.took.seconds)} when it was last run, "
            f"the longest {_minutes(self.took.longest)}: on {cores} such cores "
            f"{_minutes(least)} or a little more"
        ]

    def _cells(self, row: PlanRow) -> tuple[str, ...]:
        counts = (scaled(row.tokens), f"{row.flops:.1e}" if row.flops else "")
        hours = (_hours(self.gpu_hours(row)) if row.flops else "",) if self.on_gpus else ()
        sizes = (scaled(row.disk, "B"), scaled(row.download, "B"))
        return (row.stage, row.work, str(row.jobs), *counts, *hours, *sizes)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _hours(value: float) -> str:
    """Hours of a GPU with three digits; nobody waits for less than a hundredth."""
    return f"{value:.3g}" if value >= LEAST_HOURS else f"<{LEAST_HOURS}"


def scaled(value: float, unit: str = "") -> str:
    """A number with three digits and a decimal prefix; nothing for 0."""
    if not value:
        return ""
    prefixes = ["", "k", "M", "G", "T", "P"]
    while value >= 999.5 and len(prefixes) > 1:
        value, prefixes = value / 1000, prefixes[1:]
    return f"{value:.3g} {prefixes[0]}{unit}".rstrip()


def estimate(
    study: Study, jobs: Jobs, utilisation: float = 0.4, recompute: bool = False
) -> Estimate:
    """What a study costs.

    Args:
        jobs: those of its graph.
        utilisation: the share of `PEAK` that models reach.
        recompute: tuning recomputes activations in its backward pass.

    Raises:
        ConfigError: a backbone is of unknown shape.
    """
    return planned(workload_of(study, jobs, recompute), utilisation)


def workload_of(study: Study, jobs: Jobs, recompute: bool = False) -> Workload:
    """What a study has to do. Arguments and errors: as of `estimate`."""
    is_rendered = study.data.is_rendered
    pins = {} if is_rendered else lock.read(study.folder / study.configuration.sources.lock)
    assumed = assumptions.miniature() if is_rendered else assumptions.published()
    assumed = assumed.knowing(study.data.training_sets())
    return Workload(study, jobs, assumed, shapes_of(study), pins, recompute)


def planned(work: Workload, utilisation: float) -> Estimate:
    """What this work costs. utilisation: the share of `PEAK` that models reach."""
    rows = [row for part in PARTS for row in part(work)]
    study = work.study
    jobs = study.configuration.jobs
    asked = [*jobs.tune_by_size.values(), *(j for j in vars(jobs).values() if isinstance(j, Job))]
    return Estimate(
        study.configuration.preset,
        rows,
        utilisation,
        work.uncounted(),
        work.assumed.guessed,
        work.unknown(),
        any(job.gpu for job in asked),
        _took(study.folder / study.paths.costs("csv")),
    )


def _took(costs: Path) -> Cost | None:
    """What all jobs of a run took together; None without one."""
    known: list[Cost] = read_table(costs, Cost) if costs.exists() else []
    return next((cost for cost in known if cost.stage == ALL), None)
