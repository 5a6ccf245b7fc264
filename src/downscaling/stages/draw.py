"""Draw the figures: PNG, SVG and the data that they show as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.roles import Roles
from ..config.scores import Parser
from ..runtime.job import Job
from ..study.runs import Run
from ..study.study import Study
from . import score_files
from .stage import StageSettings

SUFFIXES = ("png", "svg", "csv")


NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Which figures, of which models."""

    numerics: Numerics
    names: list[str]
    sizes: list[str]
    roles: Roles
    parser: Parser


@dataclass(frozen=True)
class Inputs:
    """The score tables; and how far trainings lie apart in a reference, if one is named."""

    scores: Path
    differences: Path
    spread: Path | None


@dataclass(frozen=True)
class Outputs:
    """The figures in their order, each as three files."""

    png: list[Path]
    svg: list[Path]
    csv: list[Path]


def names(study: Study, timed: bool = False) -> list[str]:
    """The figures that a study draws: those of seconds, or all others."""
    from ..figures.listed import drawn

    return [figure.name for figure in drawn(*_about(study)) if figure.is_timed == timed]


def left_out(study: Study) -> list[str]:
    """One line for each figure that a study does not draw."""
    from ..figures.listed import left_out

    return left_out(*_about(study))


def _about(study: Study) -> tuple[Roles, list[Run], list[str], list[str]]:
    """What decides which figures a study draws."""
    runs = study.evaluations.runs()
    asked = dict.fromkeys(name for run in runs for name in study.evaluations.answered(run))
    return study.configuration.roles, runs, study.sizes, list(asked)


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}] if names(study) else []


def settings(study: Study) -> Settings:
    """For all figures."""
    parser = study.configuration.scores.parser
    return Settings.of(study, names=names(study), sizes=study.sizes, parser=parser)


def inputs(study: Study) -> Inputs:
    """For all figures."""
    return Inputs(
        score_files.scores(study), score_files.differences(study), score_files.spread(study)
    )


def outputs(study: Study) -> Outputs:
    """For all figures."""
    return Outputs(
        *([Path(study.paths.figure(name, kind)) for name in names(study)] for kind in SUFFIXES)
    )


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Draw."""
    from ..figures.listed import FIGURES
    from ..figures.saving import save
    from ..results.scores import Scores

    settings, inputs, outputs = job.settings, job.inputs, job.outputs
    scores = Scores.read(inputs.scores, inputs.differences, settings.parser, inputs.spread)
    for name, *files in zip(settings.names, outputs.png, outputs.svg, outputs.csv, strict=True):
        drawing, data = FIGURES[name].draw(scores, settings.sizes, settings.roles)
        save(name, drawing, data, *files)
