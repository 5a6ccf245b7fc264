"""Turn graded answers and descriptions into scores with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Block, Numerics
from ..config.scores import Scores as ScoresSettings
from ..runtime.job import Job
from ..study.comparisons import Comparison, comparisons
from ..study.runs import FAMILIES, AnswerSet, Run
from ..study.study import Study
from . import score_files, scored
from .stage import StageSettings


class DescriptionsOf(Block):
    """Whose descriptions a file holds: a perception module's, with one seed, for one benchmark."""

    perception: str
    seed: int
    benchmark: str


NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """What is estimated, and what each file holds."""

    numerics: Numerics
    preset: str
    seeds: list[int]
    trained: list[str]
    scores: ScoresSettings
    comparisons: list[Comparison]
    descriptions: list[DescriptionsOf]
    known: list[str]
    families: int
    names: list[str]


@dataclass(frozen=True)
class Inputs:
    """The graded answers; the questions of the families and then of each benchmark; descriptions;
    of each benchmark whose truth is known the facts that its questions need; and how far trainings
    lie apart in a reference, if one is named."""

    graded: Path
    questions: list[Path]
    descriptions: list[Path]
    facts: list[Path]
    spread: Path | None


@dataclass(frozen=True)
class Outputs:
    """The tables."""

    scores: Path
    parquet: Path
    differences: Path
    parsers: Path
    summary: Path


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For all runs."""
    evaluations, benchmarks = study.evaluations, list(study.data.benchmarks)
    runs = {*evaluations.decoupled(), *evaluations.end_to_end()}
    roles = study.configuration.roles
    compared = comparisons(study.sizes, runs, benchmarks, roles)
    asked = {*benchmarks, *([FAMILIES] if study.data.families else [])}
    return Settings.of(
        study,
        trained=[f"{tuning}-{size}" for tuning, size in study.models.tuned()],
        comparisons=[one for one in compared if asked.issuperset(one.benchmarks)],
        descriptions=_descriptions(study),
        known=study.data.known_benchmarks(),
        families=len(study.data.families),
        names=benchmarks,
    )


def inputs(study: Study) -> Inputs:
    """For all runs."""
    described, known = _descriptions(study), study.data.known_benchmarks()
    return Inputs(
        Path(study.paths.scores("graded.parquet")),
        scored.questions_files(study),
        [Path(study.paths.descriptions(d.perception, d.seed, d.benchmark)) for d in described],
        [Path(study.paths.facts(study.data.truth_of(name))) for name in known],
        score_files.spread(study),
    )


def outputs(study: Study) -> Outputs:
    """For all runs."""
    names = ("scores.csv", "scores.parquet", "differences.csv", "parsers.csv", "summary.json")
    return Outputs(*(Path(study.paths.scores(name)) for name in names))


def _descriptions(study: Study) -> list[DescriptionsOf]:
    """The descriptions for benchmarks whose truth is known."""
    evaluations = study.evaluations
    return [
        DescriptionsOf(perception=perception, seed=seed, benchmark=benchmark)
        for perception in sorted(evaluations.perceptions())
        for benchmark in study.data.known_benchmarks()
        for seed in evaluations.module_seeds(perception)
    ]


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Score."""
    from ..results.counts import recalled
    from ..results.score import score

    settings, inputs, outputs = job.settings, job.inputs, job.outputs
    questions = scored.questions_by_benchmark(inputs.questions, settings.families, settings.names)
    facts = dict(zip(settings.known, inputs.facts, strict=True))
    score(
        settings.preset,
        inputs.graded,
        questions,
        {
            AnswerSet(Run(one.perception, "", ""), str(one.seed), one.benchmark): recalled(
                one.benchmark, file, questions[one.benchmark], facts[one.benchmark]
            )
            for one, file in zip(settings.descriptions, inputs.descriptions, strict=True)
        },
        settings.comparisons,
        [str(seed) for seed in settings.seeds],
        settings.trained,
        inputs.spread,
        settings.scores,
        outputs.scores,
        outputs.parquet,
        outputs.differences,
        outputs.parsers,
        outputs.summary,
    )
