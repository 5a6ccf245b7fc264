from dataclasses import dataclass
from pathlib import Path

from .stage import StageSettings


class Settings(StageSettings):
    pass


@dataclass
class Inputs:
    pass


@dataclass
class Outputs:
    out: Path


def settings(study):
    return Settings()


def inputs(study):
    return Inputs()


def outputs(study):
    return Outputs(Path(study.paths.under("tmp/crate")))
