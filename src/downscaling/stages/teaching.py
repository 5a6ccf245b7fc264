"""What the teacher's two steps share: settings, what a teacher answers from, and the teacher."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..config.block import Numerics, as_json
from ..config.teacher import Asking, Batches, Server, TransformersTeacher, asking_of, engine_of
from ..prompts.load import module
from ..runtime.job import Job
from ..study.downloads import OFFICIAL
from ..study.study import Study
from .stage import StageSettings

if TYPE_CHECKING:
    from ..extraction.prompted import Engine
    from ..extraction.teacher import Teacher

ENGINES = {
    "oracle": "downscaling.miniature.teacher",
    "transformers": "downscaling.extraction.local",
    "openai": "downscaling.extraction.served",
}


class TeacherSettings(StageSettings):
    """All that decides a teacher's replies. `asking` is null for the oracle, `precision` for a
    teacher that does not run in the job."""

    numerics: Numerics
    threads: int
    engine: Literal["oracle", "transformers", "openai"]
    asking: Asking | None
    precision: str | None
    prompts: str
    seed: int
    shard: str


def settings_of(study: Study, shard: str) -> TeacherSettings:
    """For one shard of every set."""
    teacher = study.configuration.teacher
    return TeacherSettings.of(
        study,
        engine=teacher.engine,
        asking=asking_of(teacher),
        precision=study.configuration.precision if teacher.engine == "transformers" else None,
        seed=study.configuration.data.seed,
        shard=shard,
    )


def modules(settings: TeacherSettings) -> list[str]:
    """The engine, and the templates."""
    return [ENGINES[settings.engine], module(settings.prompts)]


def scenes(study: Study) -> Path | None:
    """What the miniature's oracle answers from."""
    is_oracle = study.configuration.teacher.engine == "oracle"
    return Path(study.paths.scenes()) if is_oracle else None


def model(study: Study) -> Path | None:
    """The folder of a teacher that runs in the job."""
    teacher = study.configuration.teacher
    if not isinstance(teacher, TransformersTeacher):
        return None
    if teacher.source == "hub":
        return Path(study.paths.backbone(teacher.model))
    return Path(os.path.relpath(study.folder / teacher.model))


def official(study: Study) -> Path | None:
    """The paper's repository, where its prompts are asked for."""
    is_official = study.configuration.prompts == OFFICIAL
    return Path(study.paths.raw(OFFICIAL)) if is_official else None


def engine(study: Study) -> str:
    """How a teacher's replies are got: how many at a time, from which address. It decides none."""
    return as_json(engine_of(study.configuration.teacher))


def identity(job: Job[Any, Any, Any]) -> str:
    """The identity of a teacher's work, whatever set it is about."""
    inputs = job.inputs
    return job.identity([inputs.scenes, inputs.model, inputs.official, *inputs.images])


def teacher_of(job: Job[Any, Any, Any]) -> Teacher:
    """The teacher that a job's settings name."""
    import importlib

    from ..prompts.load import load

    settings: TeacherSettings = job.settings
    engine_module = importlib.import_module(ENGINES[settings.engine])
    if settings.asking is None:
        oracle: Teacher = engine_module.Oracle(job.inputs.scenes)
        return oracle
    from ..extraction.prompted import Prompted

    how = json.loads(job.resource("engine"))
    used: Engine
    if settings.engine == "openai":
        used = engine_module.Served(settings.asking, Server.model_validate(how))
    else:
        job.compute()
        size = Batches.model_validate(how).batch_size
        used = engine_module.Local(job.inputs.model, settings.precision, settings.asking, size)
    prompts = load(settings.prompts, job.inputs.official)
    return Prompted(used, settings.asking, prompts, job.root, settings.seed)
