"""What a run took: seconds, memory and tokens of each stage."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

STAGES = {
    "render": "rendering images and questions",
    "fetch": "downloading",
    "prepare": "reading the data sets",
    "backbone": "copying backbones",
    "pretrain": "pretraining backbones",
    "features": "encoding training images",
    "observe_samples": "focus phrases of training data",
    "statements": "teacher: statements",
    "depict": "teacher: descriptions",
    "converse": "extraction conversations",
    "tune": "tuning",
    "observe": "focus phrases",
    "perceive": "descriptions",
    "reason": "reasoning",
    "evaluate": "end-to-end answers",
    "probe": "probing the tower",
    "grade": "grading",
    "score": "scoring",
}
"""The stages in their order, in words; others follow under the name of their timings."""


@dataclasses.dataclass
class Stage:
    """The jobs of one stage. Seconds are those on the clock and of processors, over all jobs;
    memory is the largest resident set of one job, in MB; tokens are 0 where none are recorded."""

    name: str
    jobs: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    cpu_seconds: float = 0.0
    memory: float = 0.0
    tokens: int = 0


def stages(timings: Mapping[str, Sequence[Path]], tokens: Mapping[str, int]) -> list[Stage]:
    """The stages that there are timings of, in the order of the study.

    Args:
        timings: by stage, the files in which Snakemake wrote what each job took; it writes what it
            could not measure as NA or -.
        tokens: by stage.
    """
    spent: dict[str, Stage] = {}
    for key, files in timings.items():
        stage = spent[key] = Stage(STAGES.get(key, key), tokens=tokens.get(key, 0))
        for file in files:
            with file.open(newline="", encoding="utf-8") as stream:
                for row in csv.DictReader(stream, delimiter="\t"):
                    seconds = _number(row.get("s"))
                    stage.jobs += 1
                    stage.seconds += seconds
                    stage.longest = max(stage.longest, seconds)
                    stage.cpu_seconds += _number(row.get("cpu_time"))
                    stage.memory = max(stage.memory, _number(row.get("max_rss")))
    order = [*STAGES, *sorted(spent.keys() - STAGES.keys())]
    return [spent[key] for key in order if key in spent]


def total(listed: list[Stage]) -> Stage:
    """All stages together; its memory is that of the largest job."""
    return Stage(
        "all stages",
        sum(stage.jobs for stage in listed),
        sum(stage.seconds for stage in listed),
        max((stage.longest for stage in listed), default=0.0),
        sum(stage.cpu_seconds for stage in listed),
        max((stage.memory for stage in listed), default=0.0),
        sum(stage.tokens for stage in listed),
    )


def _number(cell: str | None) -> float:
    try:
        return float(cell or 0)
    except ValueError:
        return 0.0
