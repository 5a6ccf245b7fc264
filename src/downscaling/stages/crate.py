from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .stage import StageSettings

NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    pass


@dataclass
class Inputs:
    pass


@dataclass
class Outputs:
    out: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study):
    return Settings()


def inputs(study):
    return Inputs()


def outputs(study):
    return Outputs(Path(study.paths.under("tmp/crate")))
