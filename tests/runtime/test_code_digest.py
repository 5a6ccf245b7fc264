"""Which edits make which stages' results anew: real edits of the real code."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from downscaling.catalogue import datasets
from downscaling.prompts.load import module
from downscaling.runtime import code_digest
from downscaling.stages import graph, prepare, teaching
from planned import HOME, planned

PACKAGE = HOME / "src/downscaling"
MINIATURE = (module("miniature"),)
CHOSEN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("render", "observe", "observe_samples", "converse", "perceive", "reason", "evaluate"),
        MINIATURE,
    ),
    **dict.fromkeys(("statements", "depict"), (teaching.ENGINES["oracle"], *MINIATURE)),
}
"""What the miniature's settings choose of each stage's modules."""

STAGES = tuple(sorted(stage.__name__.rpartition(".")[2] for stage in graph.stages()))
MODELS = {"convert", "convert_internvl", "features", "tune", "perceive", "evaluate"}
LANGUAGE = {"observe", "observe_samples", "reason"}
GENERATE = LANGUAGE | {"perceive", "evaluate"}
FIGURES = {"draw", "latency", "table", "validity", "report"}
READ_SCORES = FIGURES | {"audit", "export"}
ALL = set(STAGES)
UNWRITTEN = {"fetch"}
"""What has no code that decides: its pin says what it brings."""

EDITS: list[tuple[str, str, str, set[str]]] = [
    # an error text of one converter
    ("models/converters/internvl.py", "holds no checkpoint", "holds none", {"convert_internvl"}),
    # how long a server is waited for
    ("runtime/http.py", "600", "601", set()),
    # a prompt for real models
    ("prompts/own.py", "Give a short caption", "Write a short caption", set()),
    # a prompt of the miniature
    (
        "prompts/miniature.py",
        "describe the image briefly.",
        "describe the image.",
        {"render", "pretrain", "converse", "statements", "depict"} | GENERATE,
    ),
    # the greedy decode's temperature
    ("generation/sampling.py", "temperature: float = 0.0", "temperature: float = 0.1", GENERATE),
    # how many tokens' losses are computed at a time
    ("training/losses.py", "CHUNK = ", "CHUNK = 2 * ", {"tune"}),
    # the optimiser
    ("models/optimizer.py", "class Muon", "class Moon", {"tune", "pretrain", "probe"}),
    # the trainer alone
    ("training/trainer.py", "class TuningTrainer", "class TunedTrainer", {"tune"}),
    # cached features
    ("training/features.py", "def load_features", "def read_features", {"features", "tune"}),
    # an answer parser
    ("scoring/robust.py", "def robust", "def robustly", {"grade"}),
    # what an open answer is worth
    ("scoring/open_answers.py", "LONGEST = 512", "LONGEST = 256", {"grade"}),
    # how sure an interval is, of a score and of all that follows from scores
    (
        "scoring/intervals.py",
        "LEVEL = 0.95",
        "LEVEL = 0.9",
        {"score", "export", "audit", "report", "draw", "latency", "table", "validity", "crate"},
    ),
    # a pattern's search in a description
    ("scoring/facts.py", "_READ = 10_000", "_READ = 20_000", {"score", "report"}),
    # the colours of figures; report and crate take their captions from the figures' own modules
    ("figures/style.py", "DPI = ", "DPI = 1 + ", {"draw", "latency", "report", "crate"}),
    # what makes the page
    ("report/page/page.css", "body", "html body", {"report"}),
    ("report/crate.py", "the run of", "a run of", {"crate"}),
    # a printed number of the paper
    (
        "catalogue/paper/numbers.csv",
        "t2.",
        "T2.",
        {"audit", "report", "draw", "latency", "table", "validity", "crate"},
    ),
    # the rendered world
    (
        "miniature/world.py",
        "SIDE, CELL = 48",
        "SIDE, CELL = 64",
        {"render", "pretrain", "probe"} | {"statements", "depict"},
    ),
    # how a text is worded for the teacher
    ("extraction/prompted.py", "class Prompted", "class Asked", {"statements", "depict"}),
    # the oracle
    ("miniature/teacher.py", "class Oracle", "class Seer", {"statements", "depict"}),
    # the probe
    ("miniature/probe.py", "TRAINING, TESTING = 1500", "TRAINING, TESTING = 1600", {"probe"}),
    # what an image file becomes
    ("data/load_image.py", '"white"', '"black"', MODELS | LANGUAGE | {"prepare", "report"}),
    # how a chat is written
    ("models/dialogue.py", "def chat", "def chats", MODELS | LANGUAGE),
    # atomic writing
    ("records/files.py", 'compression="zstd"', 'compression="gzip"', ALL - UNWRITTEN),
    # arithmetic
    ("runtime/numerics.py", "warn_only=True", "warn_only=False", ALL),
    # comments and docstrings
    ("models/dialogue.py", '"""', '"""Now: ', set()),
    # what a stage is told, where it lies and how it runs
    ("config/tunings.py", "How a model is tuned", "The way a model is tuned", set()),
    ("study/paths.py", "results/", "made/", set()),
    ("runtime/job.py", "def perform", "def perform_all", set()),
    ("stages/perceive.py", "job.compute()", "job.compute_together()", {"perceive"}),
]
"""A file, what is replaced in it, by what, and the stages of the miniature that it makes anew."""


def digests(package: Path) -> dict[str, str]:
    """The digest of each stage as the miniature runs it."""
    for cached in ("_digest", "_closure", "_follow"):
        getattr(code_digest, cached).cache_clear()
    chosen = dict(CHOSEN)
    study = planned()
    chosen["prepare"] = tuple(
        sorted(
            {
                m
                for source in study.data.sources()
                for m in prepare.chosen(prepare.settings(study, source))
            }
        )
    )
    return {
        stage: code_digest.digest(stage, chosen.get(stage, ()), package)
        for stage in STAGES
        if stage not in UNWRITTEN
    }


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, free to be edited."""
    copy = tmp_path_factory.mktemp("code") / "downscaling"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.mark.parametrize(
    ("file", "old", "new", "stages"), EDITS, ids=[f"{e[0]}: {e[1]}"[:60] for e in EDITS]
)
def test_an_edit_makes_just_its_stages_anew(
    package: Path, file: str, old: str, new: str, stages: set[str]
) -> None:
    """Catches code behind a result whose edit leaves the result as it is, and an edit that makes
    days of work anew which it does not concern."""
    before = digests(package)
    text = (package / file).read_bytes()
    assert old.encode() in text
    try:
        (package / file).write_bytes(text.replace(old.encode(), new.encode(), 1))
        after = digests(package)
    finally:
        (package / file).write_bytes(text)
    assert {stage for stage in before if before[stage] != after[stage]} == stages - UNWRITTEN


def test_where_the_code_lies_does_not_count(package: Path) -> None:
    """Catches a clone in another folder that makes everything anew."""
    assert digests(package) == digests(PACKAGE)


def test_packages_hold_a_docstring_alone() -> None:
    """Catches a package whose names stand for modules that the digest would not follow."""
    for file in PACKAGE.rglob("__init__.py"):
        if file.parent != PACKAGE:
            assert len(code_digest._parsed(file).body) == 1, file


def test_every_data_file_counts_for_a_stage_or_is_known() -> None:
    """Catches a data file that a module reads under a name which the digest does not see."""
    counted = {
        path for stage in STAGES for path in code_digest.modules(stage, CHOSEN.get(stage, ()))
    }
    data = {
        path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    # Their values reach jobs as settings; planning runs in no job.
    by_settings = {p for p in data if p.suffix == ".toml" and "planning" not in p.parts}
    planning = {p for p in data if "planning" in p.parts}
    assert data - counted - by_settings - planning == set()
    assert datasets.load()


def test_a_module_that_a_job_imports_behind_the_digest_is_told() -> None:
    """Catches a check that never finds anything: it is what the whole graph is held to."""
    of_perceive = partial(code_digest.uncounted, "perceive", MINIATURE)
    assert of_perceive(["downscaling.evaluation.perceive", "downscaling.study.study"]) == []
    assert of_perceive(["downscaling.training.losses"]) == ["downscaling.training.losses"]
