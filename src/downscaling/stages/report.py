"""Write the report: verdicts, validity, figures, tables, samples, provenance. What the study took
is in a file of its own, which the page loads (`costs`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config.roles import Roles
from ..config.scores import Parser
from ..runtime.job import Job
from ..study.runs import END_TO_END, GOLD
from ..study.study import Study
from . import draw, modules, provenance, score_files, scored
from .images import tested_images
from .score import DescriptionsOf
from .scored import AnswersOf
from .stage import Folder, StageSettings

if TYPE_CHECKING:
    from ..report.found import Preset, ResultFiles

TABLES = ("table2", "validity")
NAME = ""
"""What a job is called behind the name of its stage."""


class Settings(StageSettings):
    """What is shown, and what each file holds. `described` gives for each file of answers the place
    of the descriptions that they rest on, -1 where there are none. `timed` and `costs` are what the
    page loads of what is measured: a figure's svg and csv, and a script."""

    preset: str
    sizes: list[str]
    roles: Roles
    parser: Parser
    figures: list[str]
    timed: dict[str, list[str]]
    costs: str
    answers: list[AnswersOf]
    descriptions: list[DescriptionsOf]
    described: list[int]
    known: list[str]
    families: int
    names: list[str]
    configuration: dict[str, Any]


@dataclass(frozen=True)
class Inputs:
    """Every result that the report shows, the records of the jobs behind them, and the images of
    questions."""

    audit: Path
    scores: Path
    differences: Path
    parsers: Path
    spread: Path | None
    graded: Path
    tables: list[Path]
    svg: list[Path]
    csv: list[Path]
    questions: list[Path]
    answers: list[Path]
    descriptions: list[Path]
    facts: list[Path]
    focus: list[Path]
    images: list[Path]
    records: list[Path]


@dataclass(frozen=True)
class Outputs:
    """The page, and the folder of what it shows and links to."""

    page: Path
    folder: Folder


def keys(study: Study) -> list[dict[str, Any]]:
    """What tells the jobs that a study may have from each other."""
    return [{}]


def settings(study: Study) -> Settings:
    """For the report."""
    paths, answers, descriptions = study.paths, scored.answer_sets(study), _descriptions(study)
    places = {
        (d.perception, str(d.seed), d.benchmark): place for place, d in enumerate(descriptions)
    }
    return Settings.of(
        study,
        sizes=study.sizes,
        parser=study.configuration.scores.parser,
        figures=_figures(study),
        timed={
            name: [paths.timed_figure(name, kind) for kind in ("svg", "csv")]
            for name in draw.names(study, timed=True)
        },
        costs=paths.costs("js"),
        answers=answers,
        descriptions=descriptions,
        described=[
            -1 if (by := _described_by(study, one)) is None else places.get(by, -1)
            for one in answers
        ],
        known=study.data.known_benchmarks(),
        families=len(study.data.families),
        names=list(study.data.benchmarks),
        configuration=study.configuration.values(),
    )


def _figures(study: Study) -> list[str]:
    from ..figures.listed import FIGURES

    names = {*draw.names(study), *draw.names(study, timed=True)}
    return [name for name in FIGURES if name in names]


def _descriptions(study: Study) -> list[DescriptionsOf]:
    """Every perception module's descriptions, and the true ones, which stand for every seed."""
    evaluations, data = study.evaluations, study.data
    read = [
        (perception, seed, list(data.benchmarks))
        for perception in evaluations.perceptions()
        for seed in evaluations.module_seeds(perception)
    ]
    if any(run.perception == GOLD for run in evaluations.decoupled()):
        read += [(GOLD, seed, data.known_benchmarks()) for seed in study.seeds]
    return [
        DescriptionsOf(perception=perception, seed=seed, benchmark=benchmark)
        for perception, seed, benchmarks in read
        for benchmark in benchmarks
    ]


def _looks(study: Study) -> bool:
    """Whether a model of the study describes images, for which focus phrases are made."""
    return bool({*study.evaluations.perceptions()} & {*study.models.modules()})


def _described_by(study: Study, one: AnswersOf) -> tuple[str, str, str] | None:
    """The descriptions that a file of answers rests on."""
    perception, reasoning, _ = one.run
    if reasoning == END_TO_END:
        return None
    seeds = study.evaluations.module_seeds(perception)
    seed = one.seed if one.seed in seeds else seeds[0]
    return perception, str(seed), one.benchmark


def inputs(study: Study) -> Inputs:
    """For the report."""
    paths, data = study.paths, study.data
    known, figures = data.known_benchmarks(), draw.names(study)
    return Inputs(
        audit=Path(paths.audit("json")),
        scores=score_files.scores(study),
        differences=score_files.differences(study),
        parsers=Path(paths.scores("parsers.csv")),
        spread=score_files.spread(study),
        graded=Path(paths.scores("graded.parquet")),
        tables=[Path(paths.table(name)) for name in TABLES],
        svg=[Path(paths.figure(name, "svg")) for name in figures],
        csv=[Path(paths.figure(name, "csv")) for name in figures],
        questions=scored.questions_files(study),
        answers=scored.answers(study),
        descriptions=[
            modules.described(study, d.perception, str(d.seed), d.benchmark)
            for d in _descriptions(study)
        ],
        facts=[Path(paths.facts(data.truth_of(name))) for name in known],
        focus=[Path(paths.focus(name)) for name in data.benchmarks if _looks(study)],
        images=tested_images(study, data.tested),
        records=provenance.records(study),
    )


def outputs(study: Study) -> Outputs:
    """For the report."""
    return Outputs(Path(study.paths.report()), Path(study.paths.report_folder()))


def preset(settings: Settings) -> Preset:
    """The preset that is reported on."""
    from ..report.found import Preset

    return Preset(settings.preset, settings.sizes, settings.roles, settings.configuration)


def results(settings: Settings, inputs: Inputs, root: Path) -> ResultFiles:
    """What was found, by file.

    root: the preset's folder.
    """
    from ..report.found import ResultFiles

    drawn = [name for name in settings.figures if name not in settings.timed]
    figures = dict(zip(drawn, zip(inputs.svg, inputs.csv, strict=True), strict=True))
    figures |= {name: (Path(svg), Path(csv)) for name, (svg, csv) in settings.timed.items()}
    return ResultFiles(
        audit=inputs.audit,
        scores=inputs.scores,
        differences=inputs.differences,
        parsers=inputs.parsers,
        spread=inputs.spread,
        tables={file.relative_to(root).as_posix(): file for file in inputs.tables},
        figures={name: figures[name] for name in settings.figures},
        records=inputs.records,
    )


def run(job: Job[Settings, Inputs, Outputs]) -> None:
    """Write."""
    from ..report import page
    from ..report.samples import SampleFiles

    settings, inputs = job.settings, job.inputs
    described = [(d.perception, str(d.seed), d.benchmark) for d in settings.descriptions]
    keys = [scored.key_of(one) for one in settings.answers]
    samples = SampleFiles(
        parser=settings.parser,
        questions=scored.questions_by_benchmark(
            inputs.questions, settings.families, settings.names
        ),
        graded=inputs.graded,
        answers=dict(zip(keys, inputs.answers, strict=True)),
        described={
            key: described[place][1] if place >= 0 else None
            for key, place in zip(keys, settings.described, strict=True)
        },
        descriptions=dict(zip(described, inputs.descriptions, strict=True)),
        facts=dict(zip(settings.known, inputs.facts, strict=True)),
        focus=dict(zip(settings.names, inputs.focus, strict=bool(inputs.focus))),
    )
    found = results(settings, inputs, job.root)
    page.write(
        job.root,
        preset(settings),
        page.ReportFiles(**vars(found), samples=samples, costs=Path(settings.costs)),
        job.outputs.page,
        job.outputs.folder,
    )
