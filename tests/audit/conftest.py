"""A made-up run: every model at one accuracy, and differences planted on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from downscaling.audit.estimates import Tables
from downscaling.audit.measured import CATEGORIES
from downscaling.records import Score
from downscaling.scoring.tables import Difference, write_table
from downscaling.study import Run

SIZES = ["8B", "4B", "1.7B", "0.6B"]
IN, OUT = list(CATEGORIES.values())[:6], list(CATEGORIES.values())[6:12]
TESTED = {
    "in-domain": [*IN, "average"],
    "out-of-domain": [*OUT, "average"],
    "families": ["grounding", "nights"],
}

Planted = Mapping[tuple[str, str, str], tuple[float, float]]
Make = Callable[..., Tables]
Files = Callable[[Planted, list[str], Path], None]


def runs(sizes: list[str]) -> Iterator[Run]:
    """Every run that the audit may ask for."""
    for size in sizes:
        yield Run(f"instruct-{size}", "end-to-end", "image")
        for tuning in ("instruct", "caption", "extract", "extract-scratch"):
            for reasoning in sizes:
                yield Run(f"{tuning}-{size}", reasoning, "plain")
                yield Run(f"{tuning}-{size}", reasoning, "think")


def scores(sizes: list[str], seeds: int, half: float, levels: Mapping[Run, float]) -> list[Score]:
    """All runs at their level or 0.5, give or take `half`, over 100 questions a seed."""
    return [
        Score("made-up", seed, *run.listed(), benchmark, category, "accuracy", "robust",
              level, level - half, level + half, 100 * (seeds if seed == "all" else 1))
        for run in runs(sizes)
        for level in [levels.get(run, 0.5)]
        for benchmark, categories in TESTED.items()
        for category in categories
        for seed in [*map(str, range(seeds)), "all"]
    ]  # fmt: skip


def differences(planted: Planted, seeds: int) -> list[Difference]:
    """The planted differences: (comparison, benchmark, category) with value and half width."""
    return [
        Difference("made-up", *key, value, value - half, value + half, 100 * seeds)
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
    ) -> Tables:
        measured = scores(sizes, seeds, half, levels or {})
        return Tables(measured, differences(planted or {}, seeds), sizes, "robust")

    return tables


@pytest.fixture
def tables() -> Files:
    """A function that writes the tables of a run with planted differences into a folder."""

    def write(planted: Planted, sizes: list[str], folder: Path) -> None:
        write_table(folder / "scores.csv", scores(sizes, 1, 0.1, {}), Score)
        write_table(folder / "differences.csv", differences(planted, 1), Difference)

    return write
