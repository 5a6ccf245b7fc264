"""How long a question took: what the records of jobs say."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..study.names import END_TO_END, Run


@dataclasses.dataclass(frozen=True)
class Records:
    """The records of jobs in which models worked, one a seed: of descriptions by perception module,
    of answers by run. What was made elsewhere is in neither.

    In a record `results.seconds` holds the seconds of each file that the job wrote, without loading
    the model, under `<perception>/<benchmark>`.
    """

    descriptions: Mapping[str, Sequence[Path]]
    answers: Mapping[Run, Sequence[Path]]


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
    key = f"{run.perception}/{benchmark}"
    answered = _read(records.answers.get(run, ()), key)
    described = [] if is_whole else _read(records.descriptions.get(run.perception, ()), key)
    if not answered or not (is_whole or described):
        return None
    questions = answers / len(answered)
    return Seconds(
        _mean(described, key) / questions,
        _mean(answered, key) / questions,
        _listed(record["device"] for record in (*described, *answered)),
        _listed(record["settings"]["batch_size"] for record in (*described, *answered)),
    )


def _read(paths: Iterable[Path], key: str) -> list[dict[str, Any]]:
    """Those of the records that have seconds under a key."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [record for record in records if key in record["results"]["seconds"]]


def _mean(records: Sequence[dict[str, Any]], key: str) -> float:
    """0 of no records."""
    spent = [float(record["results"]["seconds"][key]) for record in records]
    return sum(spent) / max(1, len(spent))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(sorted({str(value) for value in values}))
