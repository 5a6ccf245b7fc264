"""A made-up preset with everything that a report shows."""

from __future__ import annotations

import shlex
from pathlib import Path

from PIL import Image

from downscaling.audit import document
from downscaling.audit.measured import against_the_paper
from downscaling.audit.terms import Tables
from downscaling.config.roles import Roles
from downscaling.records.files import write
from downscaling.records.rows import (
    Answer,
    Description,
    Fact,
    Focus,
    GradedAnswer,
    Question,
    Score,
)
from downscaling.records.tables import write_table
from downscaling.report import costs
from downscaling.report.found import Preset
from downscaling.report.page import ReportFiles
from downscaling.report.samples import SampleFiles
from downscaling.results.reference import CATEGORIES
from downscaling.results.scores import Scores
from downscaling.results.tables import Difference, ParserScore
from downscaling.results.trainings import Trainings
from downscaling.runtime import measurement
from downscaling.runtime.measurement import Measurement
from downscaling.runtime.run_record import RunRecord
from downscaling.runtime.run_record import write as write_record
from downscaling.scoring.grade import grade
from downscaling.scoring.matching import read_questions
from downscaling.study.paths import Paths
from downscaling.study.runs import AnswerSet, Run

SIZES = ["8B", "0.6B"]
RUNS = [
    ["gold", "8B", "plain"],
    ["instruct-8B", "8B", "plain"],
    ["instruct-0.6B", "8B", "plain"],
    ["instruct-8B", "0.6B", "plain"],
    ["instruct-8B", "end-to-end", "image"],
]
PUBLISHED = ["instruct-0.6B", "end-to-end", "image"]
"""A run whose numbers the paper prints."""
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "</script>]]>--><b>bold</b>\u2028\u202eolleh {{ 7 * 7 }} " + "w" * 3000
)
"""What a model or a data set may write."""


PRESET = "made-up"
CONFIGURATION = {"preset": PRESET, "threads": 1}


def command(root: Path, record: str) -> str:
    """The command that makes a job of the preset under `root` anew."""
    configuration = f"results/{root.name}/workflow/configuration.json"
    begin = ["snakemake", "--cores", "all", "--configfile", configuration]
    return shlex.join([*begin, "--force", str(root / record)])


PATHS = Paths(PRESET)
ROLES = Roles(baseline="instruct")
REPORTED = Preset(PRESET, SIZES, ROLES, CONFIGURATION)


STAGES = {
    "prepare": ("raw/mmstar.parquet", ["data/in-domain/test.parquet"]),
    "score": (
        "data/in-domain/test.parquet",
        ["scores/scores.csv", "scores/differences.csv", "scores/parsers.csv"],
    ),
    "audit": ("scores/scores.csv", ["audit/audit.json"]),
}
"""The jobs that have a record: what each reads, and what it makes."""


def sets() -> list[AnswerSet]:
    """Every file of answers."""
    return [
        AnswerSet(Run(*run), "0", benchmark)
        for run in RUNS
        for benchmark in (*(["families"] if run[1] == "end-to-end" else []), "in-domain")
    ]


def place(root: Path, path: str) -> Path:
    """A path of the preset under its folder."""
    return root / path.removeprefix(f"{PATHS.root}/")


def answers_file(root: Path, key: AnswerSet) -> Path:
    """The file of a set of answers."""
    return place(root, PATHS.answers(key.run, key.seed, key.benchmark))


def report_files(root: Path) -> ReportFiles:
    """What the report of the preset under `root` is made of."""
    described = [run[0] for run in RUNS if run[1] != "end-to-end" and run[0] != "gold"]
    gold = ("gold", "0", "in-domain")
    figure = (root / "figures/overview.svg", root / "figures/overview.csv")
    timed = (place(root, PATHS.timed_figure("figure-a9", kind)) for kind in ("svg", "csv"))
    return ReportFiles(
        audit=root / "audit/audit.json",
        scores=root / "scores/scores.csv",
        differences=root / "scores/differences.csv",
        parsers=root / "scores/parsers.csv",
        spread=None,
        tables={path: root / path for path in ("tables/table2.csv", "tables/validity.csv")},
        figures={"overview": figure, "table-2": figure, "figure-a9": tuple(timed)},
        samples=SampleFiles(
            parser="robust",
            questions={
                "families": read_questions([root / "data/grounding/test.parquet"]),
                "in-domain": read_questions([root / "data/in-domain/test.parquet"]),
            },
            graded=root / "scores/graded.parquet",
            answers={key: answers_file(root, key) for key in sets()},
            described={key: None if key.run.reasoning == "end-to-end" else "0" for key in sets()},
            descriptions={
                **{
                    (module, "0", "in-domain"): place(
                        root, PATHS.descriptions(module, 0, "in-domain")
                    )
                    for module in dict.fromkeys(described)
                },
                gold: root / "truth/in-domain/gold.parquet",
            },
            facts={"in-domain": root / "truth/in-domain/facts.parquet"},
            focus={"in-domain": root / "focus/in-domain.parquet"},
        ),
        records=[root / f"provenance/{stage}.json" for stage in STAGES],
        costs=place(root, PATHS.costs("js")),
    )


def question(number: int) -> Question:
    """Every third question is about a number, the others about colours; the right one is B."""
    category = "ocrvqa" if number % 3 == 0 else "vqav2"
    return Question(
        f"q{number:05d}", "in-domain", category, "", (f"data/in-domain/images/{number % 5}.png",),
        f"What colour is thing {number}?", ("red", "green", "blue"), "B", "choice",
    )  # fmt: skip


def description(run: list[str], number: int, hostile: bool) -> str:
    """The largest perception module sees the colour, the smallest one every second time."""
    if hostile and number == 0 and run[0] != "gold":
        return HOSTILE
    seen = run[0] != "instruct-0.6B" or number % 2 == 0
    return f"thing {number} is {'green' if seen else 'grey'}"


def answer(run: list[str], number: int) -> str:
    """Right where the colour was seen, but for what each reasoner gets wrong by itself."""
    if run[1] == "0.6B" and number % 4 == 0:
        return "red"
    seen = run[0] != "instruct-0.6B" or number % 2 == 0
    return "green" if seen else "blue"


def differences() -> list[Difference]:
    """Shrinking perception costs 18 points, reasoning 11, on the one benchmark."""
    return [
        Difference(PRESET, f"{module} 8B->0.6B", "in-domain", "average", *untouched)
        for module, value in (("perception", 0.18), ("reasoning", 0.11))
        for untouched in [Trainings().untouched((value, value - 0.02, value + 0.02), 600)]
    ]


def results(root: Path, count: int, hostile: bool) -> None:
    """Write the preset's records, scores, figures and tables."""
    questions = [question(number) for number in range(count)]
    (root / "data/in-domain").mkdir(parents=True)
    (root / "raw").mkdir()
    (root / "raw/mmstar.parquet").write_bytes(b"as published")
    write(root / "data/in-domain/test.parquet", questions, Question)
    boxes = [
        Question(f"box{n}", "families", "grounding", "", (), "Where?", (), "1 2 30 40", "box")
        for n in range(2)
    ]
    write(root / "data/grounding/test.parquet", boxes, Question)
    replies = [Answer(q.id, "", "[1, 2, 30, 40]", 9, False, False) for q in boxes]
    key = AnswerSet(Run("instruct-8B", "end-to-end", "image"), "0", "families")
    write(answers_file(root, key), replies, Answer)
    (root / "data/in-domain/images").mkdir()
    for number in range(5):
        colour = (40 * number, 200 - 30 * number, 90)
        Image.new("RGB", (48, 48), colour).save(root / f"data/in-domain/images/{number}.png")
    phrases = [Focus(q.id, "the colour") for q in questions]
    write(root / "focus/in-domain.parquet", phrases, Focus)
    facts = [Fact(q.id, "colour", r"\bgreen\b", r"\bgrey\b") for q in questions]
    write(root / "truth/in-domain/facts.parquet", facts, Fact)
    for run in RUNS:
        texts = [description(run, number, hostile) for number in range(count)]
        told = [Description(q.id, t, 5, False) for q, t in zip(questions, texts, strict=True)]
        if run[0] == "gold":
            write(root / "truth/in-domain/gold.parquet", told, Description)
        elif run[1] != "end-to-end":
            write(place(root, PATHS.descriptions(run[0], 0, "in-domain")), told, Description)
        replies = [
            Answer(q.id, "", answer(run, number), 1, False, False)
            for number, q in enumerate(questions)
        ]
        write(answers_file(root, AnswerSet(Run(*run), "0", "in-domain")), replies, Answer)
    asked = {"families": boxes, "in-domain": questions}
    graded = [
        row
        for key in sets()
        for row in grade(key.run, "0", key.benchmark, answers_file(root, key), asked[key.benchmark])
    ]
    write(root / "scores/graded.parquet", graded, GradedAnswer)
    scores = [
        Score(
            "made-up",
            seed,
            *run,
            benchmark,
            category,
            "accuracy",
            "robust",
            *Trainings().untouched((0.5, 0.4, 0.6), 100),
        )
        for run in [*RUNS, PUBLISHED]
        for benchmark in ("in-domain", "out-of-domain")
        for category in CATEGORIES.values()
        for seed in ("0", "all")
    ]
    write_table(root / "scores/scores.csv", scores, Score)
    write_table(root / "scores/differences.csv", differences(), Difference)
    write_table(root / "scores/parsers.csv", [], ParserScore)
    tables = Scores.read(root / "scores/scores.csv", root / "scores/differences.csv", "robust")
    audit = against_the_paper(Tables(tables, SIZES, ROLES), PRESET, "robust", "miniature")
    document.write(audit, root / "audit/audit.json")
    (root / "tables").mkdir()
    (root / "tables/validity.csv").write_text(
        "check,value,low,high,n,unit,training,bar,holds\n"
        '"tower: shape, at least",0.9,0.85,0.95,300,%,none,0.95,False\n'
        '"reasoners: 8B, at least",0.9812,0.95,0.99,1200,%,none,0.95,True\n'
        '"information: instruct-8B: families above chance, at least",4.0,,,,families,none,10.0,'
        "False\n"
    )
    (root / "tables/table2.csv").write_text(
        "model,perception,reasoning,visual samples,vqav2,vqav2_low,vqav2_high,vqav2_n,"
        "in-domain average,in-domain average_low,in-domain average_high,in-domain average_n,"
        "source,training,vqav2_published,in-domain average_published,in-domain average_reference,"
        "in-domain average_reference_low,in-domain average_reference_high\n"
        "End-to-end baseline,0.6B,,7328,0.5,0.4,0.6,100,0.5125,0.4,0.625,600,measured,none,0.7,"
        "0.659,0.52,0.5,0.54\n"
        "SmolVLM,1.7B,,,,,,0,,,,0,published only,,0.6,0.759,,,\n"
    )
    (root / "figures").mkdir()
    (root / "figures/overview.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3">'
        '<rect width="4" height="3"/></svg>'
    )
    (root / "figures/overview.csv").write_text("x,y\n1,2\n")
    for stage, (source, paths) in STAGES.items():
        record = RunRecord(
            stage=stage,
            version="1",
            settings={"name": "a b"},
            code="",
            modules=[],
            inputs={"read": {f"{root}/{source}": "0" * 64}},
            outputs={"made": {f"{root}/{path}": "1" * 64 for path in paths}},
            libraries={"numpy": "2.4.6"},
            results={},
        )
        write_record(root / f"provenance/{stage}.json", record)
    measure(root, 2.5)


def measure(root: Path, seconds: float) -> None:
    """Write what is measured of the preset: each job took so many seconds."""
    records = [f"provenance/{stage}.json" for stage in STAGES]
    beside = [Paths(PRESET).job(stage) for stage in STAGES]
    measurements = [place(root, files.measurement) for files in beside]
    timings = [place(root, files.timing) for files in beside]
    for number, (stage, file, timing) in enumerate(zip(STAGES, measurements, timings, strict=True)):
        started, ended = (f"2026-01-02T03:04:0{number + late}+00:00" for late in (0, 2))
        taken = Measurement(
            stage, "a host", "a processor", "3.11.7", started, ended, seconds, 99.0, {}, {}
        )
        measurement.write(file, taken)
        timing.parent.mkdir(parents=True, exist_ok=True)
        timing.write_text(f"s\tmax_rss\tcpu_time\n{seconds + 100 * number}\t210.25\tNA\n")
    table, script = (place(root, PATHS.costs(kind)) for kind in ("csv", "js"))
    costs.write(records, measurements, timings, "a commit", table, script)
    for kind in ("svg", "csv"):
        file = place(root, PATHS.timed_figure("figure-a9", kind))
        file.parent.mkdir(exist_ok=True)
        file.write_text((root / f"figures/overview.{kind}").read_text())
