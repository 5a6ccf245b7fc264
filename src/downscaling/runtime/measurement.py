"""The measurement of a job: when, where and on what it ran, and what it took. It differs each time,
and lies apart from the job's record, which does not."""

from __future__ import annotations

import dataclasses
import datetime
import platform
import resource
import sys
from pathlib import Path

from pydantic import ConfigDict, with_config

from .record_files import read_record, write_record


@with_config(ConfigDict(extra="forbid", strict=True))
@dataclasses.dataclass(frozen=True)
class Measurement:
    """What a job took.

    Attributes:
        stage: the module of `stages`.
        host: the machine's name.
        device: the GPU's name, or the processor's.
        python: its version.
        started, ended: UTC, of the work, without the hashing of what it read and made.
        seconds: of the work.
        memory: the largest resident set of one of its processes, in MB.
        seconds_of: by output, the seconds of the work on it alone, where the stage takes them.
        digests: the sha256 of those inputs and outputs that are measured themselves.
    """

    stage: str
    host: str
    device: str
    python: str
    started: str
    ended: str
    seconds: float
    memory: float
    seconds_of: dict[str, float]
    digests: dict[str, str]


def write(path: Path, measurement: Measurement) -> None:
    """Write a measurement, whole or not at all."""
    write_record(path, measurement)


def read(path: Path) -> Measurement:
    """The measurement in a file. Raises RecordError where there is none, or it is of another
    form."""
    return read_record(path, Measurement, "the measurement of a job")


def now() -> datetime.datetime:
    """The time, UTC, in whole seconds."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def device() -> str:
    """The GPU's name if this process computed on one, else the processor's."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return str(torch.cuda.get_device_name())
    return f"CPU ({_processor()})"


def memory() -> float:
    """The largest resident set of this process or of one that it waited for, in MB."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    largest = max(resource.getrusage(one).ru_maxrss for one in whose)
    return round(largest / (2**20 if sys.platform == "darwin" else 2**10), 1)


def _processor() -> str:
    """The processor's name where Linux tells it, else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
