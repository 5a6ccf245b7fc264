"""Score tables of a made-up study with a known shape: every run of the default preset, seeded."""

from __future__ import annotations

import dataclasses
import math
import zlib
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from downscaling.config.roles import Roles
from downscaling.records.rows import Score
from downscaling.results.scores import Scores
from downscaling.results.tables import Difference
from downscaling.results.trainings import Columns, Trainings

Load = Callable[..., Scores]

ROLES = {
    "baseline": "instruct",
    "caption": "caption",
    "extraction": "extract",
    "extraction-scratch": "extract-scratch",
    "released-extraction": "released-extract",
    "released-extraction-scratch": "released-extract-scratch",
    "llava-onevision": {"large": "llava-onevision-7b", "small": "llava-onevision-0.5b"},
    "qwen2": {"large": "qwen2-7b", "small": "qwen2-0.5b"},
    "internvl": {"large": "internvl2.5-8b", "small": "internvl2.5-2b"},
    "gemma": {"large": "gemma3-12b", "small": "gemma3-4b"},
}
DIFFERENCES = [field.name for field in dataclasses.fields(Difference)]

SIZES = ["8B", "4B", "1.7B", "0.6B"]
SHRINK = {"8B": 0.0, "4B": 0.15, "1.7B": 0.5, "0.6B": 1.0}
FAMILIES = {
    # top accuracy, drop to the smallest size, accuracy blind
    "ocrvqa": (0.93, 0.22, 0.24),
    "textvqa": (0.88, 0.18, 0.26),
    "scienceqa": (0.99, 0.01, 0.98),
    "vqav2": (0.91, 0.30, 0.33),
    "gqa": (0.80, 0.10, 0.41),
    "vizwiz": (0.82, 0.12, 0.35),
    "imagenet": (0.97, 0.20, 0.17),
    "grounding": (0.38, 0.31, 0.02),
    "spot-the-difference": (0.63, 0.17, 0.26),
    "image-edit": (0.70, 0.21, 0.24),
    "visual-story": (0.66, 0.07, 0.39),
    "text-rich-vqa": (0.84, 0.25, 0.22),
    "multi-image-vqa": (0.72, 0.13, 0.30),
    "puzzle": (0.45, 0.08, 0.25),
    "perceptual-similarity": (0.51, 0.02, 0.50),
}
CATEGORIES = {
    "in-domain": dict.fromkeys(["ocrvqa", "textvqa", "scienceqa", "vqav2", "gqa", "vizwiz"], 100),
    "out-of-domain": dict.fromkeys(
        [
            "coarse perception",
            "fine-grained perception",
            "instance reasoning",
            "logical reasoning",
            "science & technology",
            "math",
        ],
        60,
    ),
}
GAIN = {"instruct": 0.0, "caption": 0.05, "extract": 0.10, "extract-scratch": 0.06, "gold": 0.4}


def _wilson(value: float, n: int) -> tuple[float, float]:
    z = 1.96
    centre = (value + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(value * (1 - value) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def untrained(value: float, low: float, high: float, n: int) -> Columns:
    """How a row ends whose interval holds the questions alone."""
    return Trainings().untouched((value, low, high), n)


def _noise(*parts: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32("|".join(parts).encode()))


def study(sizes: list[str] = SIZES, preset: str = "miniature") -> pd.DataFrame:
    """`scores.csv` of the made-up study."""
    rows = []

    def add(run: tuple[str, str, str], benchmark: str, category: str, true: float, n: int) -> float:
        value = (
            round(float(np.clip(_noise(*run, benchmark, category).normal(true, 0.01), 0, 1)) * n)
            / n
        )
        low, high = _wilson(value, n)
        for parser, shift in (("robust", 0.0), ("last-line", -0.01)):
            numbers = untrained(value + shift, low + shift, high + shift, n)
            rows.append((preset, "all", *run, benchmark, category, "accuracy", parser, *numbers))
        return value

    def benchmarks(run: tuple[str, str, str], level: float) -> None:
        for benchmark, categories in CATEGORIES.items():
            base = level if benchmark == "in-domain" else level - 0.12
            values = [
                add(run, benchmark, category, base + 0.05 * math.sin(3 * place), n)
                for place, (category, n) in enumerate(categories.items())
            ]
            mean, total = sum(values) / len(values), sum(categories.values())
            half = 1.96 * math.sqrt(max(mean * (1 - mean), 0.001) / total)
            for parser, shift in (("robust", 0.0), ("last-line", -0.01)):
                numbers = untrained(mean + shift, mean - half + shift, mean + half + shift, total)
                rows.append(
                    (preset, "all", *run, benchmark, "average", "accuracy", parser, *numbers)
                )

    small = sizes[::-1][:2]
    for size in sizes:
        shrink = SHRINK[size]
        run = (f"instruct-{size}", "end-to-end")
        for family, (top, drop, blind) in FAMILIES.items():
            add((*run, "image"), "families", family, top - drop * shrink, 100)
            add((*run, "blind"), "families", family, blind, 100)
        benchmarks((*run, "image"), 0.80 - 0.2 * shrink)
        for reasoning in sizes:
            level = 0.76 - 0.15 * shrink - 0.11 * SHRINK[reasoning]
            benchmarks((f"instruct-{size}", reasoning, "plain"), level)
        benchmarks((f"instruct-{sizes[0]}", size, "think"), 0.78 - 0.07 * shrink)
        benchmarks((f"caption-{size}", sizes[0], "plain"), 0.79 - 0.1 * shrink)
        for mode in ("plain", "think"):
            benchmarks(("gold", size, mode), 1.08 - 0.2 * shrink)
    for model, top in (("llava-onevision-7b", 0.8), ("llava-onevision-0.5b", 0.7)):
        for reasoner in (*sizes, "qwen2-7b", "qwen2-0.5b"):
            level = top - 0.1 * (reasoner in ("0.6B", "qwen2-0.5b"))
            benchmarks((model, reasoner, "plain"), level)
    for size in small:
        benchmarks((f"extract-{size}", sizes[0], "plain"), 0.84 - 0.08 * SHRINK[size])
        if size != sizes[0]:
            above = sizes[sizes.index(size) - 1]
            for tuning in ("caption", "extract", "extract-scratch"):
                level = 0.72 + GAIN[tuning] - 0.07 * SHRINK[size]
                benchmarks((f"{tuning}-{size}", above, "think"), level)
    frame = pd.DataFrame(rows, columns=[field.name for field in dataclasses.fields(Score)])
    recall = frame.head(1).assign(metric="fact recall", reasoning="", mode="", parser="")
    return pd.concat([frame, recall], ignore_index=True)


def contrasts(scores: pd.DataFrame, sizes: list[str] = SIZES) -> pd.DataFrame:
    """`differences.csv` of the made-up study: the same differences, with tighter intervals."""
    robust = scores[(scores["parser"] == "robust") & (scores["metric"] == "accuracy")]
    key = ["perception", "reasoning", "mode", "benchmark", "category"]
    values = {tuple(row[:5]): (row[5], row[6]) for row in robust[[*key, "value", "n"]].to_numpy()}
    rows = []

    def add(comparison: str, left: list, right: list, benchmark: str, categories: list) -> None:
        for category in categories:
            sides = [
                [values.get((*run, benchmark, category)) for run in runs] for runs in (left, right)
            ]
            if any(cell is None for cells in sides for cell in cells):
                continue
            value = np.subtract(*[np.mean([cell[0] for cell in cells]) for cells in sides])
            n = sides[0][0][1]
            half = 1.5 / math.sqrt(n) * 0.5
            rows.append(
                [
                    *("miniature", comparison, benchmark, category),
                    *untrained(value, value - half, value + half, n),
                ]
            )

    largest = sizes[0]
    whole = ("end-to-end", "image")
    add(
        f"visual reliance {largest}",
        [(f"instruct-{largest}", *whole)],
        [(f"instruct-{largest}", "end-to-end", "blind")],
        "families",
        list(FAMILIES),
    )
    for size in sizes[1:]:
        add(
            f"end-to-end {largest}->{size}",
            [(f"instruct-{largest}", *whole)],
            [(f"instruct-{size}", *whole)],
            "families",
            list(FAMILIES),
        )
    for benchmark, categories in CATEGORIES.items():
        names = ["average", *categories]
        for size in sizes[1:]:
            add(
                f"perception {largest}->{size}",
                [(f"instruct-{largest}", other, "plain") for other in sizes],
                [(f"instruct-{size}", other, "plain") for other in sizes],
                benchmark,
                names,
            )
            add(
                f"reasoning {largest}->{size}",
                [(f"instruct-{other}", largest, "plain") for other in sizes],
                [(f"instruct-{other}", size, "plain") for other in sizes],
                benchmark,
                names,
            )
        for name, some in [
            ("thinking *", sizes),
            *((f"thinking {size}", [size]) for size in sizes),
        ]:
            add(
                name,
                [(f"instruct-{largest}", size, "think") for size in some],
                [(f"instruct-{largest}", size, "plain") for size in some],
                benchmark,
                names,
            )
        for size in sizes:
            add(
                f"extract vs caption {size}",
                [(f"extract-{size}", largest, "plain")],
                [(f"caption-{size}", largest, "plain")],
                benchmark,
                names,
            )
    return pd.DataFrame(rows, columns=DIFFERENCES)


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory) -> Load:
    """Write tables to files and read them as a job does; no differences where none are given."""

    def read(
        scores: pd.DataFrame, differences: pd.DataFrame | None = None, parser: str = "robust"
    ) -> Scores:
        folder = tmp_path_factory.mktemp("scores")
        if differences is None:
            differences = pd.DataFrame(columns=DIFFERENCES)
        for name, table in (("scores", scores), ("differences", differences)):
            table.to_csv(folder / f"{name}.csv", index=False)
        return Scores.read(folder / "scores.csv", folder / "differences.csv", parser)

    return read


@pytest.fixture(scope="session")
def roles() -> Roles:
    """The default study's, and the models of other groups."""
    return Roles.model_validate(ROLES)


@pytest.fixture(scope="session")
def scores() -> pd.DataFrame:
    return study()


@pytest.fixture(scope="session")
def loaded(load: Load, scores: pd.DataFrame, differences: pd.DataFrame) -> Scores:
    """The tables of the made-up study."""
    return load(scores, differences)


@pytest.fixture(scope="session")
def differences(scores: pd.DataFrame) -> pd.DataFrame:
    return contrasts(scores)


@pytest.fixture
def sizes() -> list[str]:
    return list(SIZES)


@pytest.fixture
def two_sizes() -> tuple[pd.DataFrame, list[str]]:
    """The scores of a preset with two sizes, as a smoke run has, and those sizes."""
    few = ["8B", "0.6B"]
    return study(few, "smoke"), few


@pytest.fixture(scope="session")
def chance() -> dict[str, float]:
    return {**dict.fromkeys(FAMILIES, 0.25), "grounding": 0.0, "perceptual-similarity": 0.5}


@pytest.fixture(scope="session")
def probe() -> dict[str, dict[str, float]]:
    number = {"value": 0.99, "low": 0.97, "high": 1.0, "n": 300}
    return {"shape": dict(number), "color": dict(number)}
