"""Copy a backbone that ships with the repository, after its files were checked."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings

NAME = "{backbone}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Which backbone, and the sha256 of what the manifest says of it: its content, whatever the
    dates of its files."""

    name: str
    content: str


@dataclass(frozen=True)
class Inputs:
    """What ships: the list of files with their sha256, and the backbone's folder."""

    manifest: Path
    shipped: Path


@dataclass(frozen=True)
class Outputs:
    """The copy."""

    backbone: Folder


def shelf(study: Study) -> str:
    """The folder of what ships, from where Snakemake runs."""
    return os.path.relpath(study.folder / study.configuration.backbones.folder)


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    is_shipped = study.configuration.backbones.source == "shipped"
    return [{"backbone": name} for name in study.models.backbones if is_shipped]


def settings(study: Study, backbone: str) -> Settings:
    """For one backbone."""
    manifest = study.folder / study.configuration.backbones.folder / "manifest.json"
    listed = json.loads(manifest.read_text("utf-8"))
    files = sorted(item for item in listed.items() if item[0].startswith(f"{backbone}/"))
    return Settings(name=backbone, content=hashlib.sha256(json.dumps(files).encode()).hexdigest())


def inputs(study: Study, backbone: str) -> Inputs:
    """For one backbone."""
    return Inputs(Path(shelf(study), "manifest.json"), Path(shelf(study), backbone))


def outputs(study: Study, backbone: str) -> Outputs:
    """For one backbone."""
    return Outputs(Path(study.paths.backbone(backbone)))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Check and copy."""
    from ..miniature import shelf

    shelf.take(job.inputs.manifest, job.inputs.shipped, job.outputs.backbone)
