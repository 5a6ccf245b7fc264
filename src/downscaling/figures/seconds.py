"""How long a question took: what the measurements of jobs say."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..runtime import measurement, run_record
from ..study.runs import END_TO_END, Run


@dataclasses.dataclass(frozen=True)
class Timed:
    """A file of descriptions or answers, with the record and the measurement of the job that wrote
    it. The measurement has the file's seconds, without loading the model."""

    file: Path
    record: Path
    measurement: Path


@dataclasses.dataclass(frozen=True)
class Records:
    """What models wrote here, one file a seed: descriptions by perception module and benchmark,
    answers by run and benchmark. What was made elsewhere is in neither."""

    descriptions: Mapping[tuple[str, str], Sequence[Timed]]
    answers: Mapping[tuple[Run, str], Sequence[Timed]]


@dataclasses.dataclass(frozen=True)
class Seconds:
    """Seconds a question: of the description, 0 where one model does both, and of the answer; on
    which device, and how many questions at a time."""

    perception: float
    reasoning: float
    device: str
    batch_size: str

    @property
    def total(self) -> float:
        """Those of both modules, one after the other."""
        return self.perception + self.reasoning


def seconds(records: Records, run: Run, benchmark: str, answers: int) -> Seconds | None:
    """What a run took for one question of a benchmark, the mean over its seeds. `answers` counts
    those of all seeds.

    Loading a model does not count, nor do focus phrases, which are written once for all runs.
    None for a run that was not, or not all, made here.
    """
    is_whole = run.reasoning == END_TO_END
    answered = _read(records.answers.get((run, benchmark), ()))
    described = [] if is_whole else _read(records.descriptions.get((run.perception, benchmark), ()))
    if not answered or not (is_whole or described):
        return None
    questions = answers / len(answered)
    works = [*described, *answered]
    return Seconds(
        _mean(described) / questions,
        _mean(answered) / questions,
        ", ".join(sorted({work.device for work in works})),
        ", ".join(sorted({work.batch_size for work in works})),
    )


@dataclasses.dataclass(frozen=True)
class _Work:
    """What a job's record and measurement say of one file."""

    seconds: float
    device: str
    batch_size: str


def _read(files: Iterable[Timed]) -> list[_Work]:
    works = []
    for timed in files:
        taken = measurement.read(timed.measurement)
        batch_size = run_record.read(timed.record).results["batch_size"]
        works.append(_Work(taken.seconds_of[str(timed.file)], taken.device, str(batch_size)))
    return works


def _mean(works: Sequence[_Work]) -> float:
    """0 where there is none."""
    return sum(work.seconds for work in works) / max(1, len(works))
