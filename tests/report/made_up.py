"""A made-up preset with everything that a report shows."""

from __future__ import annotations

import json
from pathlib import Path

from downscaling.audit.estimates import Tables
from downscaling.study.settings import Reporting, Scored
from PIL import Image

from downscaling.audit import document
from downscaling.audit.measured import against_the_paper
from downscaling.records.files import write
from downscaling.records.rows import Answer, Description, Fact, Focus, Question, Score
from downscaling.results.reference import CATEGORIES
from downscaling.results.tables import Difference, ReaderScore, write_table

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


SETTINGS = Reporting(
    preset="made-up",
    sizes=SIZES,
    seeds=[0],
    benchmarks=["in-domain"],
    families=["grounding"],
    runs=[
        Scored(
            perception=perception,
            reasoning=reasoning,
            mode=mode,
            benchmarks=[*(["families"] if reasoning == "end-to-end" else []), "in-domain"],
            seeds=[0],
        )
        for perception, reasoning, mode in RUNS
    ],
    descriptions={"instruct-8B": [0], "instruct-0.6B": [0]},
    truth={"in-domain": "truth/in-domain"},
    reader="robust",
    configuration={"preset": "made-up", "threads": 1},
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


def results(root: Path, count: int, hostile: bool) -> None:
    """Write the preset's records, scores, figures and tables."""
    questions = [question(number) for number in range(count)]
    (root / "data/in-domain").mkdir(parents=True)
    write(root / "data/in-domain/test.parquet", questions, Question)
    boxes = [
        Question(f"box{n}", "families", "grounding", "", (), "Where?", (), "1 2 30 40", "box")
        for n in range(2)
    ]
    write(root / "data/grounding/test.parquet", boxes, Question)
    replies = [Answer(q.id, "", "[1, 2, 30, 40]", 9, False, False) for q in boxes]
    place = root / "answers/seed-0/end-to-end/instruct-8B/image/families.parquet"
    write(place, replies, Answer)
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
            place = root / f"descriptions/seed-0/{run[0]}/in-domain.parquet"
            write(place, told, Description)
        replies = [
            Answer(q.id, "", answer(run, number), 1, False, False)
            for number, q in enumerate(questions)
        ]
        middle = f"end-to-end/{run[0]}" if run[1] == "end-to-end" else f"{run[0]}/{run[1]}"
        write(root / f"answers/seed-0/{middle}/{run[2]}/in-domain.parquet", replies, Answer)
    scores = [
        Score("made-up", seed, *run, benchmark, category, "accuracy", "robust", 0.5, 0.4, 0.6, 100)
        for run in [*RUNS, PUBLISHED]
        for benchmark in ("in-domain", "out-of-domain")
        for category in CATEGORIES.values()
        for seed in ("0", "all")
    ]
    write_table(root / "scores/scores.csv", scores, Score)
    write_table(root / "scores/differences.csv", [], Difference)
    write_table(root / "scores/readers.csv", [], ReaderScore)
    audit = against_the_paper(Tables(scores, [], SIZES, "robust"), "made-up", "robust", "miniature")
    document.write(audit, root / "audit/audit.json")
    (root / "tables").mkdir()
    (root / "tables/validity.csv").write_text(
        "check,value,low,high,bar,holds\n"
        '"the tower sees, at least",0.9,0.85,0.95,0.95,False\n'
        "information: a thing,4.0,,,10.0,True\n"
    )
    (root / "figures").mkdir()
    (root / "figures/overview.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3">'
        '<rect width="4" height="3"/></svg>'
    )
    (root / "figures/overview.csv").write_text("x,y\n1,2\n")
    made = (("scores/scores.csv", "score"), ("audit/audit.json", "audit"))
    for place, (output, verb) in enumerate(made):
        record = {
            "verb": verb,
            "version": "1",
            "command": ["downscaling", verb, "--params", '{"name": "a b"}'],
            "params": {"name": "a b"},
            "inputs": {"results/made-up/data": "0" * 64},
            "libraries": {"python": "3.11.7"},
            "device": "CPU (x86_64)",
            "started": f"2026-01-02T03:04:0{place}+00:00",
            "seconds": 2.5,
        }
        (root / f"{output}.run.json").write_text(json.dumps(record))
    (root / "timings/reason").mkdir(parents=True)
    (root / "timings/score.tsv").write_text("s\tmax_rss\tcpu_time\n3.5\t210.25\t3.1\n")
    (root / "timings/reason/one.tsv").write_text("s\tmax_rss\tcpu_time\n70\tNA\t-\n")
