"""The stages of a study as the page lists them: in their order, in words, with jobs and tokens."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping

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
"""The stages in their order, in words; others follow under their own names."""

ALL = "all"
"""The name of all stages together."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """The jobs of one stage, and the tokens that they read or wrote; 0 where none are recorded."""

    key: str
    name: str
    jobs: int
    tokens: int


def listed(stages: Iterable[str], tokens: Mapping[str, int]) -> list[Stage]:
    """The stages that jobs belong to, in the order of the study, then all together.

    Args:
        stages: of each job.
        tokens: by stage.
    """
    jobs = Counter(stages)
    order = [*STAGES, *sorted(jobs.keys() - STAGES.keys())]
    rows = [Stage(k, STAGES.get(k, k), jobs[k], tokens.get(k, 0)) for k in order if k in jobs]
    whole = Stage(ALL, "all stages", jobs.total(), sum(row.tokens for row in rows))
    return [*rows, whole]
