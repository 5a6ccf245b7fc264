"""Read a data set in its published layout and write the records of its sets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings, paths


class Settings(StageSettings):
    """What is taken of a data set: for each benchmark on it the categories that count; of published
    training sets and families how many rows at most, drawn with `seed`."""

    source: str
    train_sets: list[str]
    tests: list[str]
    benchmarks: dict[str, list[str]]
    most_train: dict[str, int]
    most_test: dict[str, int]
    seed: int
    missing_share: float


@dataclass(frozen=True)
class Inputs:
    """The data set, and the folders that hold its images where it has none of its own."""

    source: Path
    linked: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The conversations of its training sets, the questions of its families and benchmarks, and
    the images of its benchmarks, each in the order of the settings."""

    train: list[Path]
    test: list[Path]
    images: list[Folder]


def settings(study: Study, source: str) -> Settings:
    """For one data set. What was rendered is taken whole."""
    configuration, data = study.configuration, study.data
    counts = configuration.data
    is_drawn = not data.is_rendered
    return Settings(
        source=source,
        train_sets=data.trained_on(source),
        tests=data.tested_on(source),
        benchmarks={name: data.benchmarks[name].categories for name in data.benchmarks_on(source)},
        most_train={name: counts.train[name] for name in data.trained_on(source) if is_drawn},
        most_test={name: counts.test for name in data.families_on(source) if is_drawn},
        seed=counts.seed,
        missing_share=configuration.sources.missing_share,
    )


def inputs(study: Study, source: str) -> Inputs:
    """For one data set."""
    return Inputs(
        Path(study.paths.raw(source)),
        paths(*(study.paths.raw(name) for name in study.downloads.linked(source))),
    )


def outputs(study: Study, source: str) -> Outputs:
    """For one data set."""
    data = study.data
    return Outputs(
        [Path(study.paths.training_set(name)) for name in data.trained_on(source)],
        [Path(study.paths.questions(name)) for name in data.tested_on(source)],
        [Path(study.paths.benchmark_images(name)) for name in data.benchmarks_on(source)],
    )


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Read and write."""
    from ..data.prepare import Most, prepare_test, prepare_train

    settings, source, outputs = job.settings, job.inputs.source, job.outputs
    for name, out in zip(settings.train_sets, outputs.train, strict=True):
        most = settings.most_train.get(name)
        rows = None if most is None else Most(most, settings.seed)
        prepare_train(name, source, out, settings.missing_share, rows)
    images = dict(zip(settings.benchmarks, outputs.images, strict=True))
    for name, out in zip(settings.tests, outputs.test, strict=True):
        most = settings.most_test.get(name)
        rows = None if most is None else Most(most, settings.seed)
        categories, folder = settings.benchmarks.get(name), images.get(name)
        prepare_test(name, source, out, categories, folder, settings.missing_share, rows)
