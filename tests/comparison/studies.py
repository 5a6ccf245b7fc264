"""Small finished studies, made by the project's own writers: models that answer at a given rate."""

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from downscaling.config.scores import Scores as ScoresSettings
from downscaling.records.files import write
from downscaling.records.rows import Answer, Description, Fact, GradedAnswer, Question
from downscaling.results.counts import recalled
from downscaling.results.score import score
from downscaling.runtime.recording import recorded
from downscaling.runtime.run_record import LIBRARIES
from downscaling.scoring.grade import grade
from downscaling.study.comparisons import Comparison
from downscaling.study.paths import Paths
from downscaling.study.runs import AnswerSet, Run

# A record tells which libraries its process has imported. Each job is a process in truth; here all
# share one, so it has them from the beginning.
for library in LIBRARIES:
    importlib.import_module({"scikit-learn": "sklearn"}.get(library, library))

PRESET = "tiny"
PATHS = Paths(PRESET)
MODELS = ("instruct-8B", "instruct-0.6B", "extract-0.6B")
REASONERS = ("8B", "0.6B")
RUNS = [Run(model, reasoner, "plain") for model in MODELS for reasoner in REASONERS]
QUESTIONS = [
    Question(
        f"q{number}", "in-domain", "gqa" if number % 2 else "vizwiz", "", ("a.png",),
        "Which colour?", ("red", "green", "blue"), "B", "choice",
    )
    for number in range(80)
]  # fmt: skip
SCORES = {"parser": "robust", "bootstrap": 50, "seed": 0, "spread": None}
COMPARED = Comparison(
    name="perception 8B->0.6B",
    left=[RUNS[0].listed()],
    right=[RUNS[2].listed()],
    benchmarks=["in-domain"],
)
TABLES = ("scores.csv", "scores.parquet", "differences.csv", "parsers.csv", "summary.json")
Rates = Mapping[str, float]


def study(
    home: Path,
    seeds: Sequence[int] = (0,),
    rates: Rates | None = None,
    epochs: float = 1.0,
    preset: str = PRESET,
    code: str = "abc",
    external: Mapping[str, Any] | None = None,
) -> Path:
    """Make a finished study under `home`; its folder.

    Args:
        home: the folder that stands for the clone.
        seeds: each trains every model once.
        rates: how often a model answers rightly, by model; .6 where it is not given, and a seed
            moves it by a few points.
        epochs: a value of the configuration.
        preset: its name.
        code: the digest of the tunings' code.
        external: what the configuration says was made elsewhere.
    """
    made = _Study(home, Paths(preset), seeds, rates or {}, epochs, code)
    made.configuration["external"] = external or {}
    return made.made()


class _Study:
    def __init__(
        self, home: Path, paths: Paths, seeds: Sequence[int], rates: Rates, epochs: float, code: str
    ) -> None:
        self.home, self.paths, self.seeds, self.rates = home, paths, seeds, rates
        self.code = code
        self.configuration = {
            "preset": paths.preset,
            "seeds": list(seeds),
            "threads": 1,
            "scores": SCORES,
            "tuning": {"epochs": epochs},
        }
        self.records: list[str] = []

    def made(self) -> Path:
        """The jobs, one after the other."""
        questions, facts = self.paths.questions("in-domain"), self.paths.facts("in-domain")
        with self.job("prepare/vmcbench", [], [questions, facts]):
            write(self.at(questions), QUESTIONS, Question)
            needed = [Fact(q.id, "colour", r"\bgreen\b", r"\bred\b") for q in QUESTIONS]
            write(self.at(facts), needed, Fact)
        for seed in self.seeds:
            for model in MODELS:
                self.train(model, seed)
        graded = self.paths.scores("graded.parquet")
        files = [self.paths.answers(run, seed, "in-domain") for run in RUNS for seed in self.seeds]
        with self.job("grade", [questions, *files], [graded]):
            rows = [
                row
                for run in RUNS
                for seed in self.seeds
                for row in grade(run, str(seed), "in-domain", self.answers(run, seed), QUESTIONS)
            ]
            write(self.at(graded), rows, GradedAnswer)
        self.score(graded, questions, facts)
        configuration = self.paths.workflow("configuration.json")
        with self.job("crate", [], [configuration], inputs={"records": [*self.records]}):
            self.at(configuration).parent.mkdir()
            self.at(configuration).write_text(json.dumps(self.configuration))
        return self.at(self.paths.root)

    def at(self, path: str) -> Path:
        """Where a path lies."""
        return self.home / path

    def job(
        self,
        name: str,
        read: Sequence[str],
        made: Sequence[str],
        settings: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Sequence[str]] | None = None,
    ) -> Any:
        """The record of a job, whose paths start from the clone as in a rule."""
        beside = self.paths.job(name)
        self.records.append(beside.record)
        named = inputs or {"read": read}
        return recorded(
            name.split("/")[0],
            json.dumps(settings or {"name": name}),
            self.code if name.startswith("tune") else "",
            Path(self.paths.root),
            {key: [Path(path) for path in paths] for key, paths in named.items()},
            {"made": [Path(path) for path in made]},
            Path(beside.record),
            Path(beside.measurement),
        )

    def train(self, model: str, seed: int) -> None:
        """A model, what it describes, and what is answered from that."""
        folder = self.paths.model(model, seed)
        draw = random.Random(f"{model} {seed} {self.rates.get(model)}")
        with self.job(f"tune/{model}/seed-{seed}", [], [folder]):
            self.at(folder).mkdir(parents=True)
            (self.at(folder) / "config.json").write_text(json.dumps({"by": self.code}))
            (self.at(folder) / "model.safetensors").write_bytes(draw.randbytes(4000))
        described = self.paths.descriptions(model, seed, "in-domain")
        rate = self.rates.get(model, 0.6) + draw.gauss(0, 0.03)
        seen = [draw.random() < rate for _ in QUESTIONS]
        with self.job(f"perceive/{model}/seed-{seed}", [folder], [described]):
            told = [
                Description(q.id, "it is green" if one else "it is red", 3, False)
                for q, one in zip(QUESTIONS, seen, strict=True)
            ]
            write(self.at(described), told, Description)
        for reasoner in REASONERS:
            run = Run(model, reasoner, "plain")
            answers = self.paths.answers(run, seed, "in-domain")
            with self.job(f"reason/{model}_{reasoner}/seed-{seed}", [described], [answers]):
                slips = [reasoner == "0.6B" and draw.random() < 0.1 for _ in QUESTIONS]
                replies = [
                    Answer(q.id, "", "green" if one and not slip else "red", 1, False, False)
                    for q, one, slip in zip(QUESTIONS, seen, slips, strict=True)
                ]
                write(self.at(answers), replies, Answer)

    def answers(self, run: Run, seed: int) -> Path:
        """The answers of a run."""
        return self.at(self.paths.answers(run, seed, "in-domain"))

    def score(self, graded: str, questions: str, facts: str) -> None:
        """The score tables."""
        described = [(model, seed) for model in MODELS for seed in self.seeds]
        files = [self.paths.descriptions(model, seed, "in-domain") for model, seed in described]
        whose = [{"perception": m, "seed": s, "benchmark": "in-domain"} for m, s in described]
        settings = {
            "preset": self.paths.preset,
            "seeds": list(self.seeds),
            "trained": list(MODELS),
            "scores": SCORES,
            "comparisons": [COMPARED.model_dump()],
            "descriptions": whose,
            "known": ["in-domain"],
        }
        inputs = {"questions": [questions], "descriptions": files, "facts": [facts]}
        tables = [self.paths.scores(name) for name in TABLES]
        with self.job("score", [], tables, settings, {"graded": [graded], **inputs}):
            score(
                self.paths.preset,
                self.at(graded),
                {"in-domain": QUESTIONS},
                {
                    AnswerSet(Run(model, "", ""), str(seed), "in-domain"): recalled(
                        "in-domain", self.at(file), QUESTIONS, self.at(facts)
                    )
                    for (model, seed), file in zip(described, files, strict=True)
                },
                [COMPARED],
                [str(seed) for seed in self.seeds],
                MODELS,
                None,
                ScoresSettings.model_validate(SCORES),
                *map(self.at, tables),
            )
