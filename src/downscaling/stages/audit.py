"""Judge the paper's numbers and claims by this run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..config.block import Numerics
from ..config.roles import Roles
from ..config.scores import Parser
from ..runtime.job import Job
from ..study.study import Study
from . import score_files, tune
from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Of which models, at which scale, and of which of the paper's tunings each record is."""

    numerics: Numerics
    preset: str
    scale: Literal["miniature", "published", "rehearsal"]
    sizes: list[str]
    roles: Roles
    parser: Parser
    tunings: list[str]


@dataclass(frozen=True)
class Inputs:
    """The score tables, and the records of the tunings that the configuration has."""

    scores: Path
    differences: Path
    records: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The audit, for programs and for readers."""

    json: Path
    text: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For the audit."""
    return Settings.of(
        study,
        scale=study.scale,
        sizes=study.sizes,
        parser=study.configuration.scores.parser,
        tunings=_as_in_the_paper(study),
    )


def _as_in_the_paper(study: Study) -> list[str]:
    """The tuning of each record under the paper's name for what plays its role; those before the
    baseline are the tuning on single images and, first of all, the connector's."""
    from ..results.reference import ROLES

    roles = study.configuration.roles
    names = {player: ROLES[role] for role, player in roles.bound().items() if role in ROLES}
    before = study.models.ancestry(roles.baseline)[1:] if roles.baseline else []
    if before:
        names = {before[0]: "single", before[-1]: "connector", **names}
    return [names.get(tuning, tuning) for tuning in tune.recorded(study)]


def inputs(study: Study) -> Inputs:
    """For the audit."""
    tables = score_files.scores(study), score_files.differences(study)
    return Inputs(*tables, tune.records(study))


def outputs(study: Study) -> Outputs:
    """For the audit."""
    return Outputs(Path(study.paths.audit("json")), Path(study.paths.audit("txt")))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Judge."""
    from ..audit import document, text
    from ..audit.measured import against_the_paper
    from ..audit.terms import Tables, Tuned
    from ..records.files import replacing
    from ..results.scores import Scores
    from ..results.training_samples import seen

    settings, inputs = job.settings, job.inputs
    tuned = {
        tuning: Tuned(told["samples"], told["visual_samples"], told["sets"])
        for tuning, told in seen(settings.tunings, inputs.records).items()
    }
    scores = Scores.read(inputs.scores, inputs.differences, settings.parser)
    tables = Tables(scores, settings.sizes, settings.roles, tuned)
    audit = against_the_paper(tables, settings.preset, settings.parser, settings.scale)
    document.write(audit, job.outputs.json)
    with replacing(job.outputs.text) as temporary:
        temporary.write_text(text.summary(audit) + "\n", "utf-8")
