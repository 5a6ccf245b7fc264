"""Tune a vision-language model; an interrupted job goes on where it was."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Numerics
from ..config.tunings import Layout, Tuning, TuningSettings
from ..runtime.devices import place
from ..runtime.job import Job
from ..study.study import Study
from .images import training_images
from .stage import Folder, StageSettings

NAME = "{tuning}-{size}/seed-{seed}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """How the model is tuned: the recipe, the same at every size, and the size's layout on its
    devices; and the share that is drawn of each file of samples."""

    numerics: Numerics
    threads: int
    tuning: Tuning
    shares: list[float]


@dataclass(frozen=True)
class Inputs:
    """The backbones, or the model that the tuning starts from with its record; the samples; and
    their images, or the features that stand for them."""

    language_model: Path
    tower: Path
    start: Path | None
    start_record: Path | None
    samples: list[Path]
    features: Path | None
    images: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The model."""

    model: Folder


BESIDE = ("states", "curves")
"""What a tuning keeps beside its results: checkpoints, learning curves."""


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [
        {"tuning": tuning, "size": size, "seed": str(seed)}
        for tuning, size in study.models.tuned()
        for seed in study.seeds
    ]


def settings(study: Study, tuning: str, size: str, seed: str) -> Settings:
    """For one tuning at one size."""
    stage = study.models.tuning(tuning)
    settings = Tuning(
        **{name: getattr(stage, name) for name in TuningSettings.model_fields},
        layout=stage.layouts.get(size, Layout()),
        precision=study.configuration.precision,
        seed=int(seed),
    )
    return Settings.of(study, tuning=settings, shares=list(stage.sets.values()))


def inputs(study: Study, tuning: str, size: str, seed: str) -> Inputs:
    """For one tuning at one size."""
    stage, paths = study.models.tuning(tuning), study.paths
    start = None if stage.start is None else f"{stage.start}-{size}"
    features = study.models.caches_features(tuning)
    return Inputs(
        language_model=Path(paths.backbone(size)),
        tower=Path(paths.backbone("tower")),
        start=None if start is None else Path(paths.model(start, seed)),
        start_record=None if start is None else record(study, start, seed),
        samples=[Path(paths.training_set(name)) for name in stage.sets],
        features=Path(paths.features()) if features else None,
        images=[] if features else training_images(study, study.models.image_sets(tuning)),
    )


def outputs(study: Study, tuning: str, size: str, seed: str) -> Outputs:
    """For one tuning at one size."""
    return Outputs(Path(study.paths.model(f"{tuning}-{size}", seed)))


def record(study: Study, module: str, seed: int | str) -> Path:
    """The record of a tuning: of what it saw."""
    return Path(study.paths.job(f"tune/{module}/seed-{seed}").record)


def used(study: Study) -> list[tuple[str, str]]:
    """The tunings and sizes that the study's runs rest on."""
    evaluations = study.evaluations
    named = {*evaluations.perceptions(), *(run.perception for run in evaluations.end_to_end())}
    rests_on = {
        (before, size)
        for tuning, size in study.models.tuned()
        if f"{tuning}-{size}" in named
        for before in study.models.ancestry(tuning)
    }
    return sorted(rests_on)


def recorded(study: Study) -> list[str]:
    """The tuning of each of `records`."""
    return [tuning for tuning, _ in used(study) for _ in study.seeds]


def records(study: Study) -> list[Path]:
    """The records of the tunings that the study's runs rest on, with every seed."""
    modules = [f"{tuning}-{size}" for tuning, size in used(study)]
    return [record(study, module, seed) for module in modules for seed in study.seeds]


def run(job: Job[Settings, Inputs, Outputs]) -> Mapping[str, Any]:
    """Tune."""
    job.compute_together()
    from ..training.tuning import tune

    settings, inputs = job.settings, job.inputs
    seen = 0
    if inputs.start_record is not None:
        seen = json.loads(inputs.start_record.read_text("utf-8"))["results"]["visual_samples"]
    states = Path(job.resource("states"))
    own = states / job.identity(job.read)
    if not place():
        _remove_outdated(states, own)
    results = tune(
        language_model=inputs.language_model,
        tower=inputs.tower,
        start=inputs.start,
        samples=inputs.samples,
        shares=settings.shares,
        features=inputs.features,
        root=job.root,
        out=job.outputs.model,
        states=own,
        curves=Path(job.resource("curves")),
        report_to=list(filter(None, str(job.resource("report_to")).split(","))),
        previous_visual_samples=seen,
        settings=settings.tuning,
        code=job.task.code,
    )
    if not place():
        job.seconds[str(job.outputs.model)] = results.pop("training_seconds")
        shutil.rmtree(states, ignore_errors=True)
    return results


def _remove_outdated(states: Path, own: Path) -> None:
    """Of the states of a tuning keep this job's own."""
    for other in states.glob("*"):
        if other != own:
            what = "of other settings, inputs, code or libraries"
            print(f"{other}: {what}; removed", file=sys.stderr)
            shutil.rmtree(other, ignore_errors=True)
