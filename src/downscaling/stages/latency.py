"""Draw the figures of accuracy against the seconds that this run took for a question."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.block import Block, Numerics
from ..config.roles import Roles
from ..config.scores import Parser
from ..runtime.job import Job
from ..study.runs import END_TO_END, GOLD
from ..study.study import Study
from . import draw, score_files, scored
from .scored import AnswersOf
from .stage import StageSettings

FIGURE = "figure-a9"


class TimedFile(Block):
    """A file that a model wrote, and the place of its job's record and measurement. `answers` says
    whose answers it holds; of descriptions its mode is ""."""

    answers: AnswersOf
    file: str
    job: int


NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """Of which models, and which files were timed."""

    numerics: Numerics
    sizes: list[str]
    roles: Roles
    parser: Parser
    timed: list[TimedFile]


@dataclass(frozen=True)
class Inputs:
    """The score tables, and the records and measurements of the jobs that wrote descriptions and
    answers."""

    scores: Path
    differences: Path
    records: list[Path]
    measurements: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The figure."""

    png: Path
    svg: Path
    csv: Path


def _timed(study: Study) -> list[tuple[AnswersOf, str, str]]:
    """Whose descriptions or answers each file holds that a model wrote here, the file, and the
    name of its job."""
    paths, evaluations = study.paths, study.evaluations
    imported = {file.perception for file in evaluations.imported_files() if file.run is None}
    files = []
    for perception in evaluations.perceptions():
        for seed in evaluations.module_seeds(perception) if perception not in imported else ():
            name = f"perceive/{perception}/seed-{seed}"
            for benchmark in study.data.benchmarks:
                whose = AnswersOf(run=[perception, "", ""], seed=seed, benchmark=benchmark)
                files.append((whose, paths.descriptions(perception, seed, benchmark), name))
    jobs: dict[tuple[str, str, str], str] = {
        (perception, job.reasoning, job.mode): job.name
        for job in evaluations.reasoning_jobs()
        for perception in job.perceptions
    }
    for whose in scored.answer_sets(study):
        perception, reasoning, mode = whose.run
        if reasoning == END_TO_END and mode in ("image", "blind"):
            name = f"evaluate/{perception}/{mode}/seed-{whose.seed}"
        elif (perception, reasoning, mode) in jobs:
            name = f"reason/{jobs[perception, reasoning, mode]}/seed-{whose.seed}"
        else:
            continue
        if scored.as_run(whose) not in evaluations.imported() and perception != GOLD:
            file = paths.answers(scored.as_run(whose), whose.seed, whose.benchmark)
            files.append((whose, file, name))
    return files


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}] if draw.names(study, timed=True) else []


def settings(study: Study) -> Settings:
    """For the figure."""
    timed = _timed(study)
    places = {name: place for place, name in enumerate(_jobs(study))}
    return Settings.of(
        study,
        sizes=study.sizes,
        parser=study.configuration.scores.parser,
        timed=[TimedFile(answers=w, file=file, job=places[name]) for w, file, name in timed],
    )


def _jobs(study: Study) -> list[str]:
    return list(dict.fromkeys(name for _, _, name in _timed(study)))


def inputs(study: Study) -> Inputs:
    """For the figure."""
    jobs = [study.paths.job(name) for name in _jobs(study)]
    return Inputs(
        score_files.scores(study),
        score_files.differences(study),
        [Path(job.record) for job in jobs],
        [Path(job.measurement) for job in jobs],
    )


def outputs(study: Study) -> Outputs:
    """For the figure."""
    kinds = ("png", "svg", "csv")
    return Outputs(*(Path(study.paths.timed_figure(FIGURE, kind)) for kind in kinds))


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Draw."""
    from collections import defaultdict

    from ..figures.listed import FIGURES
    from ..figures.saving import save
    from ..figures.seconds import Records, Timed
    from ..results.scores import Scores

    settings, inputs, outputs = job.settings, job.inputs, job.outputs
    descriptions, answers = defaultdict(list), defaultdict(list)
    for timed in settings.timed:
        entry = Timed(Path(timed.file), inputs.records[timed.job], inputs.measurements[timed.job])
        run, benchmark = scored.as_run(timed.answers), timed.answers.benchmark
        if run.mode:
            answers[run, benchmark].append(entry)
        else:
            descriptions[run.perception, benchmark].append(entry)
    scores = Scores.read(inputs.scores, inputs.differences, settings.parser)
    records = Records(descriptions, answers)
    drawing, data = FIGURES[FIGURE].draw(scores, settings.sizes, settings.roles, records)
    save(FIGURE, drawing, data, outputs.png, outputs.svg, outputs.csv)
