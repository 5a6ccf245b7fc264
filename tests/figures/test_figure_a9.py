"""Accuracy against latency: which seconds stand beside which answers."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from downscaling.figures import figure_a9
from downscaling.figures.drawing import save
from downscaling.figures.seconds import seconds
from downscaling.study.names import Run

DECOUPLED = Run("extract-1.7B", "4B", "think")
WHOLE = Run("instruct-0.6B", "end-to-end", "image")


def kept(root: Path, output: str, verb: str, spent: float, seed: int = 0) -> None:
    """The record of one file."""
    record = root / output.replace("SEED", f"seed-{seed}")
    record.parent.mkdir(parents=True, exist_ok=True)
    values = {"verb": verb, "seconds": spent, "device": "a GPU", "params": {"batch_size": 8}}
    record.with_name(f"{record.name}.run.json").write_text(json.dumps(values))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A preset's folder with what three of its runs took for 600 questions, in-domain."""
    kept(tmp_path, "descriptions/SEED/extract-1.7B/in-domain.parquet", "perceive", 120)
    kept(tmp_path, "answers/SEED/extract-1.7B/4B/think/in-domain.parquet", "reason", 60)
    kept(tmp_path, "answers/SEED/extract-1.7B/4B/plain/in-domain.parquet", "reason", 6)
    kept(tmp_path, "answers/SEED/end-to-end/instruct-0.6B/image/in-domain.parquet", "evaluate", 30)
    return tmp_path


def test_a_decoupled_run_takes_the_seconds_of_both_modules(root: Path) -> None:
    """Catches seconds of one module alone, of another mode, or of all questions together."""
    found = seconds(root, DECOUPLED, "in-domain", 600)
    assert found
    assert (found.perception, found.reasoning) == pytest.approx((0.2, 0.1))
    assert found.total == pytest.approx(0.3)
    assert (found.device, found.batch_size) == ("a GPU", "8")
    whole = seconds(root, WHOLE, "in-domain", 600)
    assert whole
    assert whole.total == pytest.approx(0.05)


def test_seeds_are_averaged(root: Path) -> None:
    """Catches a run of several seeds that takes the sum of their seconds, and a perception module
    of another group, which describes once, that counts half."""
    kept(root, "answers/SEED/extract-1.7B/4B/think/in-domain.parquet", "reason", 120, seed=1)
    found = seconds(root, DECOUPLED, "in-domain", 1200)
    assert found
    assert (found.perception, found.reasoning) == pytest.approx((0.2, 0.15))


def test_what_was_made_elsewhere_has_no_seconds(root: Path) -> None:
    """Catches the seconds of a check that pass for those of a model."""
    kept(root, "descriptions/SEED/extract-1.7B/in-domain.parquet", "accept", 0.1)
    assert seconds(root, DECOUPLED, "in-domain", 600) is None
    assert seconds(root, WHOLE, "out-of-domain", 600) is None


def test_points_are_the_runs_with_seconds_and_stars_what_the_paper_says(
    root: Path, scores: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches a point at another run's seconds, and a gain of the paper's text that is taken for
    an accuracy."""
    key = ["perception", "reasoning", "mode"]
    thinks = scores[scores[key].eq(DECOUPLED.listed()).all(axis=1)]
    _, data = figure_a9.draw(pd.concat([scores, thinks.assign(mode="plain")]), root, sizes)
    assert set(data["panel"]) == {"in-domain"}
    points = data.set_index("series")
    assert points["seconds"].to_dict() == pytest.approx(
        {"End-to-end baseline": 0.05, "Extract+Think": 0.3, figure_a9.PLAIN: 0.21}
    )
    assert points["published"].to_dict() == pytest.approx(
        {"End-to-end baseline": 0.659, "Extract+Think": 0.853, figure_a9.PLAIN: 0.754 * 1.109}
    )
    assert (points["low"] < points["value"]).all()


def test_a_preset_without_records_says_so(
    scores: pd.DataFrame, sizes: list[str], tmp_path: Path
) -> None:
    """Catches a crash where nothing was timed."""
    figure, data = figure_a9.draw(scores, tmp_path, sizes)
    assert data.empty
    assert all("no runs" in axes.texts[0].get_text() for axes in figure.axes)
    save("figure-a9", figure, data, tmp_path / "figure-a9")
    assert (tmp_path / "figure-a9.csv").read_text().startswith("panel,series,item,value")
