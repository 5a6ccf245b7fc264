"""What the jobs of each stage ask for."""

from __future__ import annotations

from pathlib import Path

import downscaling.stages
from downscaling.config.jobs import Jobs
from downscaling.study.asked import KINDS, asked
from downscaling.study.load import read
from planned import HOME


def test_every_kind_is_asked_for_by_a_stage_that_there_is() -> None:
    """Catches a key of the configuration that decides nothing any more, and the kind of a stage
    that was renamed: its jobs would ask for what light ones do."""
    (folder,) = downscaling.stages.__path__
    assert KINDS.keys() <= {path.stem for path in Path(folder).glob("*.py")}
    kinds = {*KINDS.values(), "light"}
    assert (
        kinds | {"tune_by_size", "per_gpu", "at_most", "pretended_gpus"} == Jobs.model_fields.keys()
    )


def test_a_tuning_goes_by_its_size() -> None:
    """Catches a size of eight GPUs that is judged as one of four, or another stage that has a size
    judged as a tuning."""
    study = read(HOME / "config.yaml", [HOME / "presets/paper.yaml"])
    jobs = study.configuration.jobs
    assert asked(study, "tune", "1.7B") == ("tune_by_size.1.7B", jobs.tune_by_size["1.7B"])
    assert asked(study, "tune", "8B") == ("tune", jobs.tune)
    assert asked(study, "convert", "1.7B") == ("backbones", jobs.backbones)
    assert asked(study, "grade") == ("light", jobs.light)
