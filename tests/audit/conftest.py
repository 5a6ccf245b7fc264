"""A made-up run: every model at one accuracy, and differences planted on top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from downscaling.audit.terms import Tables, Tuned
from downscaling.config.roles import Roles
from downscaling.records.rows import Score
from downscaling.records.tables import write_table
from downscaling.results.reference import CATEGORIES
from downscaling.results.reference_trainings import ReferenceTrainings
from downscaling.results.scores import Scores
from downscaling.results.tables import Difference
from downscaling.results.trainings import Trainings
from downscaling.study.runs import Run

ROLES = Roles.model_validate(
    {
        "baseline": "instruct",
        "caption": "caption",
        "extraction": "extract",
        "extraction-scratch": "extract-scratch",
        "released-extraction": "released-extract",
        "released-extraction-scratch": "released-extract-scratch",
        "internvl": {"large": "internvl2.5-8b", "small": "internvl2.5-2b"},
        "gemma": {"large": "gemma3-12b", "small": "gemma3-4b"},
    }
)
SIZES = ["8B", "4B", "1.7B", "0.6B"]
IN, OUT = list(CATEGORIES.values())[:6], list(CATEGORIES.values())[6:12]
TESTED = {
    "in-domain": [*IN, "average"],
    "out-of-domain": [*OUT, "average"],
    "families": ["grounding", "nights"],
}

TUNED = {
    "connector": Tuned(558_000, 0, {"blip558k": 558_000}),
    "single": Tuned(573_600, 567_100, {"ocrvqa": 165_000, "scienceqa": 12_700}),
    "instruct": Tuned(
        459_200,
        1_026_300,
        {"ocrvqa": 100_000, "gqa": 50_000, "puzzle": 35_000, "visual-story": 207_800,
         "perceptual-similarity": 15_900, "pieapp": 50_500},
    ),
    "caption": Tuned(950_000, 1_976_300, {"allava": 950_000}),
    "extract": Tuned(382_000, 2_358_300, {"extraction": 382_000}),
    "extract-scratch": Tuned(382_000, 382_000, {"extraction": 382_000}),
}  # fmt: skip

UNTRAINED = Trainings()

Planted = Mapping[tuple[str, str, str], tuple[float, float]]
Make = Callable[..., Tables]
Kept = Mapping[str, Tuned]
Files = Callable[[Planted, list[str], Path], None]


def runs(sizes: list[str]) -> Iterator[Run]:
    """Every run that the audit may ask for."""
    for size in sizes:
        yield Run(f"instruct-{size}", "end-to-end", "image")
        for tuning in ("instruct", "caption", "extract", "extract-scratch"):
            for reasoning in sizes:
                yield Run(f"{tuning}-{size}", reasoning, "plain")
                yield Run(f"{tuning}-{size}", reasoning, "think")


def scores(
    made: Iterable[Run], seeds: int, half: float, levels: Mapping[Run, float]
) -> list[Score]:
    """All runs at their level or 0.5, give or take `half`, over 100 questions a seed."""
    return [
        Score("made-up", seed, *run.listed(), benchmark, category, "accuracy", "robust",
              *UNTRAINED.untouched((level, level - half, level + half),
                                   100 * (seeds if seed == "all" else 1)))
        for run in made
        for level in [levels.get(run, 0.5)]
        for benchmark, categories in TESTED.items()
        for category in categories
        for seed in [*map(str, range(seeds)), "all"]
    ]  # fmt: skip


def differences(planted: Planted, seeds: int, trained: bool = False) -> list[Difference]:
    """The planted differences: (comparison, benchmark, category) with value and half width."""
    ending = UNTRAINED.once if trained else UNTRAINED.untouched
    return [
        Difference("made-up", *key, *ending((value, value - half, value + half), 100 * seeds))
        for key, (value, half) in planted.items()
    ]


@pytest.fixture
def make() -> Make:
    """A function that makes the tables of a run with planted differences."""

    def tables(
        planted: Planted | None = None,
        sizes: list[str] = SIZES,
        seeds: int = 1,
        half: float = 0.1,
        levels: Mapping[Run, float] | None = None,
        more: Iterable[Run] = (),
        tuned: Mapping[str, Tuned] | None = None,
        trained: bool = False,
    ) -> Tables:
        measured = scores([*runs(sizes), *more], seeds, half, levels or {})
        lines = list(range(2, len(measured) + 2))
        compared = differences(planted or {}, seeds, trained)
        read = Scores("robust", measured, lines, compared, ReferenceTrainings("robust"))
        return Tables(read, sizes, ROLES, tuned)

    return tables


@pytest.fixture
def tuned() -> Kept:
    """What tunings on as many samples as the paper's would keep."""
    return TUNED


@pytest.fixture
def tables() -> Files:
    """A function that writes the tables of a run with planted differences into a folder."""

    def write(planted: Planted, sizes: list[str], folder: Path) -> None:
        write_table(folder / "scores.csv", scores(runs(sizes), 1, 0.1, {}), Score)
        write_table(folder / "differences.csv", differences(planted, 1), Difference)

    return write
