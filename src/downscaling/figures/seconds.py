"""How long a question took: what the records beside descriptions and answers say."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..runtime.run_record import record_of
from ..study.names import END_TO_END, Run

MEASURED = ("perceive", "reason", "evaluate")
"""The verbs behind which is a model's work: what was made elsewhere was only checked here."""


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


def seconds(root: Path, run: Run, benchmark: str, answers: int) -> Seconds | None:
    """What a run took for one question of a benchmark, the mean over its seeds. `answers` counts
    those of all seeds; `root` is the preset's folder.

    Loading a model does not count, nor do focus phrases, which are written once for all runs.
    None for a run that was not, or not all, made here.
    """
    whole = run.reasoning == END_TO_END
    models = (run.reasoning, run.perception) if whole else (run.perception, run.reasoning)
    answered = _records(root, "/".join(("answers/seed-*", *models, run.mode)), benchmark)
    described = [] if whole else _records(root, f"descriptions/seed-*/{run.perception}", benchmark)
    both = [*described, *answered]
    made_here = all(record["verb"] in MEASURED for record in both)
    if not made_here or not answered or not (whole or described):
        return None
    questions = answers / len(answered)
    return Seconds(
        _mean(described) / questions,
        _mean(answered) / questions,
        _listed(record["device"] for record in both),
        _listed(record["params"]["batch_size"] for record in both),
    )


def _records(root: Path, folders: str, benchmark: str) -> list[dict[str, Any]]:
    """The records of a benchmark's files in some folders, one a seed."""
    pattern = record_of(Path(folders) / f"{benchmark}.parquet").as_posix()
    return [json.loads(path.read_text()) for path in sorted(root.glob(pattern))]


def _mean(records: list[dict[str, Any]]) -> float:
    return sum(float(record["seconds"]) for record in records) / max(1, len(records))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(sorted({str(value) for value in values}))
