"""Read a data set in its published layout and write the records of its sets."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..catalogue import benchmarks, datasets
from ..catalogue.readers import BenchmarkReader, QuestionReader, TrainingReader, reader_module
from ..config.block import Block
from ..runtime.job import Job
from ..study.study import Study
from .stage import Folder, StageSettings, paths

BESIDE = ("missing",)
"""The folder with lists of what was left out. They stay where a job fails: its refusal names one of
them."""


class TrainingSet(Block):
    """A training set: how it is read, and how many rows are taken at most; null takes all."""

    name: str
    reader: TrainingReader
    most: int | None


class Family(Block):
    """A family's test questions: the same."""

    name: str
    reader: QuestionReader
    most: int | None


class Benchmark(Block):
    """A benchmark: how it is read, its categories, each with what a row's cell holds, those of them
    that must have a row, how many questions are taken at most, and the share of its rows that may
    be left out."""

    name: str
    reader: BenchmarkReader
    categories: dict[str, list[str]]
    required: list[str]
    most: int | None
    omitted_share: float


NAME = "{source}"
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """What is taken of a data set, in the order of the outputs. Rows are drawn with `seed`; where
    only what they need was fetched of archives, before their images are looked at."""

    source: str
    training: list[TrainingSet]
    families: list[Family]
    benchmarks: list[Benchmark]
    seed: int
    missing_share: float
    archives: Literal["needed"] | None = None

    def values(self) -> dict[str, Any]:
        """As of any block; that archives are whole is not said."""
        return {key: value for key, value in super().values().items() if value is not None}


@dataclass(frozen=True)
class Inputs:
    """The data set, a folder or a user's own file, and the folders that hold its images where it
    has none of its own."""

    source: Path
    linked: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The conversations of its training sets, the questions of its families and benchmarks, and
    the images of its benchmarks, each in the order of the settings."""

    train: list[Path]
    test: list[Path]
    images: list[Folder]


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{"source": source} for source in study.data.sources()]


def settings(study: Study, source: str) -> Settings:
    """For one data set. What was rendered is taken whole."""
    configuration, data = study.configuration, study.data
    counts, is_rendered = configuration.data, data.is_rendered
    training = [
        TrainingSet(
            name=name,
            reader=datasets.training_reader(name, is_rendered),
            most=None if is_rendered else counts.train[name],
        )
        for name in data.trained_on(source)
    ]
    families = [
        Family(
            name=name,
            reader=datasets.question_reader(name, is_rendered),
            most=None if is_rendered else counts.test,
        )
        for name in data.families_on(source)
    ]
    return Settings(
        source=source,
        training=training,
        families=families,
        benchmarks=[_benchmark(study, name) for name in data.benchmarks_on(source)],
        seed=counts.seed,
        missing_share=configuration.sources.missing_share,
        archives="needed" if configuration.sources.archives == "needed" else None,
    )


def _benchmark(study: Study, name: str) -> Benchmark:
    chosen = study.data.benchmarks[name]
    entry = benchmarks.named(chosen.source, study.folder)
    cells = benchmarks.cells_of(entry, chosen.categories)
    categories = {category: list(values) for category, values in cells.items()}
    return Benchmark(
        name=name,
        reader=entry.reader,
        categories=categories,
        required=list(chosen.categories or ()),
        most=chosen.questions,
        omitted_share=chosen.omitted_share,
    )


def means(study: Study, source: str) -> dict[str, str]:
    """What a job needs beside its settings: where it lists what was left out."""
    return {"missing": study.paths.missing(source)}


def inputs(study: Study, source: str) -> Inputs:
    """For one data set."""
    return Inputs(
        _place(study, source),
        paths(*(study.paths.raw(name) for name in study.downloads.linked(source))),
    )


def _place(study: Study, source: str) -> Path:
    """Where a data set lies: in the preset's folder, or where a user's own entry says."""
    for name in study.data.benchmarks_on(source):
        entry = benchmarks.named(study.data.benchmarks[name].source, study.folder)
        if entry.source.path:
            return Path(os.path.relpath(study.folder / entry.source.path))
    return Path(study.paths.raw(source))


def outputs(study: Study, source: str) -> Outputs:
    """For one data set."""
    data = study.data
    return Outputs(
        [Path(study.paths.training_set(name)) for name in data.trained_on(source)],
        [Path(study.paths.questions(name)) for name in data.tested_on(source)],
        [Path(study.paths.benchmark_images(name)) for name in data.benchmarks_on(source)],
    )


def chosen(settings: Settings) -> list[str]:
    """The readers."""
    readers: set[str] = {entry.reader.reader for entry in settings.training}
    readers |= {entry.reader.reader for entry in settings.families}
    readers |= {entry.reader.reader for entry in settings.benchmarks}
    return [reader_module(reader) for reader in sorted(readers)]


def run(job: Job[Settings, Inputs, Outputs]) -> dict[str, Any]:
    """Read and write; what was left out of which set."""
    from ..data.draws import Draw
    from ..data.missing import grouped
    from ..data.prepare import Places, prepare_benchmark, prepare_test, prepare_train

    settings, outputs = job.settings, job.outputs
    is_ahead = settings.archives == "needed"
    omitted = {}

    def places(kind: str, name: str, records: Path) -> Places:
        missing = Path(job.resource("missing")) / kind / f"{name}.csv"
        return Places(job.inputs.source, job.root, records, missing)

    for training, out in zip(settings.training, outputs.train, strict=True):
        draw = Draw(training.most, settings.seed, is_ahead)
        at = places("train", training.name, out)
        omitted[f"train/{training.name}"] = prepare_train(
            training.name, training.reader, at, draw, settings.missing_share
        )
    count = len(settings.families)
    for family, out in zip(settings.families, outputs.test[:count], strict=True):
        draw = Draw(family.most, settings.seed, is_ahead)
        at = places("test", family.name, out)
        omitted[f"test/{family.name}"] = prepare_test(
            family.name, family.reader, at, draw, settings.missing_share
        )
    for benchmark, out, images in zip(
        settings.benchmarks, outputs.test[count:], outputs.images, strict=True
    ):
        with tempfile.TemporaryDirectory() as scratch:
            omitted[f"test/{benchmark.name}"] = prepare_benchmark(
                benchmark.name,
                settings.source,
                benchmark.reader,
                benchmark.categories,
                places("test", benchmark.name, out),
                images,
                Path(scratch),
                benchmark.required,
                benchmark.omitted_share,
                Draw(benchmark.most, settings.seed),
            )
    source = job.inputs.source
    return {"omitted": {name: grouped(source, them) for name, them in omitted.items() if them}}
