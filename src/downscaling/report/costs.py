"""What a run took: seconds and memory of each stage, and when, where and on what its jobs ran.

It differs from run to run. So it is written apart: as a table, and as a script from which the
report's page, which is the same each time, takes what it shows of it.
"""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..records.tables import write_table
from ..runtime import measurement
from ..runtime.measurement import Measurement
from .script_file import write_script
from .stages import ALL

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


@dataclasses.dataclass
class Cost:
    """What the jobs of one stage took. Seconds are those on the clock and of processors, over all
    jobs; memory is the largest resident set of one job, in MB."""

    stage: str
    jobs: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    cpu_seconds: float = 0.0
    memory: float = 0.0

    def add(self, seconds: float, cpu_seconds: float, memory: float) -> None:
        """Count one more job."""
        self.jobs += 1
        self.seconds += seconds
        self.longest = max(self.longest, seconds)
        self.cpu_seconds += cpu_seconds
        self.memory = max(self.memory, memory)


def costs(stages: Iterable[str], timings: Iterable[Path]) -> list[Cost]:
    """What each stage took, in the order in which it is first named, then all together.

    Args:
        stages: of each job.
        timings: of each job the file in which Snakemake wrote what it took; it writes what it
            could not measure as NA or -.
    """
    counted: dict[str, Cost] = {}
    total = Cost(ALL)
    for stage, file in zip(stages, timings, strict=True):
        with file.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                took = [_number(row.get(column)) for column in ("s", "cpu_time", "max_rss")]
                for cost in (counted.setdefault(stage, Cost(stage)), total):
                    cost.add(*took)
    return [*counted.values(), total]


def write(
    records: Sequence[str],
    measurements: Sequence[Path],
    timings: Sequence[Path],
    commit: str,
    table: Path,
    script: Path,
) -> None:
    """Write what a study took, as a table and as a script for the page.

    Args:
        records: of each job its record, from the preset's folder: the page names jobs by them.
        measurements: of each job.
        timings: of each job, by Snakemake.
        commit: of the code that ran.
        table: CSV, a row a stage.
        script: by the name of a place on the page its text.

    Raises:
        RecordError: a measurement is missing or damaged.
    """
    taken = [measurement.read(file) for file in measurements]
    found = costs([one.stage for one in taken], timings)
    write_table(table, found, Cost)
    texts = _about(taken) | {"commit": commit or "not made in a clone"}
    texts |= {record: _seconds(one.seconds) for record, one in zip(records, taken, strict=True)}
    for cost in found:
        texts |= {
            f"{cost.stage} seconds": _seconds(cost.seconds),
            f"{cost.stage} longest": _seconds(cost.longest),
            f"{cost.stage} processors": _seconds(cost.cpu_seconds),
            f"{cost.stage} memory": f"{cost.memory:,.0f} MB".replace(",", NARROW_SPACE),
        }
    write_script(script, texts)


def _about(taken: Sequence[Measurement]) -> dict[str, str]:
    """When, where and on what a study's jobs ran."""
    counts = {
        "devices": Counter(one.device for one in taken),
        "hosts": Counter(one.host for one in taken),
        "python": Counter(one.python for one in taken),
    }
    said = {
        name: "; ".join(f"{value} ({_jobs(n)})" for value, n in sorted(counted.items()))
        for name, counted in counts.items()
    }
    said["started"] = min((one.started for one in taken), default="")
    said["ended"] = max((one.ended for one in taken), default="")
    return said


def _jobs(count: int) -> str:
    return f"{count} job{'s' if count > 1 else ''}"


def _seconds(value: float) -> str:
    """Seconds as a person says them."""
    if value < 100:
        return f"{value:.1f} s"
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"


def _number(cell: str | None) -> float:
    try:
        return float(cell or 0)
    except ValueError:
        return 0.0
