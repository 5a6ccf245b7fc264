"""How long a run still takes, by what its jobs took when they last ran."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from downscaling.records.files import RecordError
from downscaling.runtime import measurement

MEASUREMENTS = "/measured/jobs/"
"""What the path of a job's measurement has before the job's name."""
KNOWN = 0.9
"""The share of jobs of whose stages there must be measurements."""
SURE = 20.0
"""Seconds of measured work after which this machine's pace is known."""


class Estimate:
    """Sums over a run's jobs; measurements are read once, when the first job begins.

    counts: by rule, how many jobs there are to do. A rule is called by its stage, or by its stage
    and what tells it from others: tune, tune_largest.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        self.began = time.monotonic()
        self.measured: dict[str, float] | None = None
        self.of_stage: dict[str, float] = {}
        self.running: dict[int, tuple[float, float]] = {}
        self.done = self.took = 0.0

    def start(self, job: int, outputs: Sequence[str]) -> None:
        """A job begins. Its own measurement may be gone by now; then it counts as its stage's."""
        path = next((path for path in outputs if MEASUREMENTS in path), None)
        if path is None:
            return
        if self.measured is None:
            self.measured = _measured(Path(path.partition(MEASUREMENTS)[0] + MEASUREMENTS))
            self.of_stage = _means(self.measured)
        seconds = self.measured.get(path, self.of_stage.get(_stage(path), 0.0))
        self.running[job] = seconds, time.monotonic()

    def finish(self, job: int) -> None:
        """A job is done."""
        if job in self.running:
            seconds, since = self.running.pop(job)
            self.done += seconds
            self.took += time.monotonic() - since

    def left(self) -> float | None:
        """Seconds until the run is done; None where too few of its stages were measured before."""
        now = time.monotonic()
        stages = {rule: self._stage_of(rule) for rule in self.counts}
        known = {rule: count for rule, count in self.counts.items() if stages[rule]}
        if not known or sum(known.values()) < KNOWN * sum(self.counts.values()):
            return None
        total = sum(self.of_stage[stages[rule]] * count for rule, count in known.items())
        pace = self.took / self.done if self.done > SURE else 1.0
        begun = [(seconds, now - since) for seconds, since in self.running.values()]
        done = self.done + sum(min(seconds, taken / pace) for seconds, taken in begun)
        at_once = (self.took + sum(taken for _, taken in begun)) / max(now - self.began, 1.0)
        return max(0.0, total - done) * pace / max(at_once, 1.0)

    def _stage_of(self, rule: str) -> str:
        """The stage that a rule's name begins with; "" where it was not measured."""
        stages = [stage for stage in self.of_stage if f"{rule}_".startswith(f"{stage}_")]
        return max(stages, key=len, default="")


def _measured(folder: Path) -> dict[str, float]:
    """The seconds of each job, by the path of its measurement."""
    seconds = {}
    for path in folder.rglob("*.json"):
        try:
            seconds[str(path)] = measurement.read(path).seconds
        except (OSError, RecordError):
            continue
    return seconds


def _means(measured: Mapping[str, float]) -> dict[str, float]:
    """The mean seconds of a job of each stage."""
    stages = defaultdict(list)
    for path, seconds in measured.items():
        stages[_stage(path)].append(seconds)
    return {stage: mean(seconds) for stage, seconds in stages.items()}


def _stage(path: str) -> str:
    """The stage of the job that a measurement is of."""
    return path.partition(MEASUREMENTS)[2].partition("/")[0].removesuffix(".json")
