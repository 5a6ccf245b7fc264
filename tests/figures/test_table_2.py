"""Table 2: which rows it has, and what stands in them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from downscaling.figures import save_table
from downscaling.figures.table_2 import table

IN = ["ocrvqa", "textvqa", "scienceqa", "vqav2", "gqa", "vizwiz"]
OUT = [
    "coarse perception",
    "fine-grained perception",
    "instance reasoning",
    "logical reasoning",
    "science & technology",
    "math",
]


def test_the_paper_s_own_rows_in_its_order(scores: pd.DataFrame, sizes: list[str]) -> None:
    """Catches a missing pair, and a reasoner that is not one step above its perception module."""
    frame = table(scores, sizes)
    assert list(zip(frame["model"], frame["perception"], frame["reasoning"], strict=True)) == [
        ("End-to-end baseline", "0.6B", ""),
        ("End-to-end baseline", "1.7B", ""),
        ("Decoupled baseline", "0.6B", "1.7B"),
        ("Decoupled baseline", "0.6B", "4B"),
        ("Decoupled baseline", "1.7B", "4B"),
        ("Caption+Think", "0.6B", "1.7B"),
        ("Caption+Think", "1.7B", "4B"),
        ("Extract+Think from scratch", "0.6B", "1.7B"),
        ("Extract+Think from scratch", "1.7B", "4B"),
        ("Extract+Think", "0.6B", "1.7B"),
        ("Extract+Think", "1.7B", "4B"),
    ]


@pytest.mark.parametrize(("columns", "name"), [(IN, "in-domain"), (OUT, "out-of-domain")])
def test_averages_are_means_of_their_six_columns(
    scores: pd.DataFrame, sizes: list[str], columns: list[str], name: str
) -> None:
    """Catches a column from the other benchmark, or from other runs than the average's."""
    frame = table(scores, sizes)
    mean = frame[columns].astype(float).mean(axis=1)
    pd.testing.assert_series_equal(mean, frame[f"{name} average"], check_names=False)


def test_cells_are_the_scores_of_their_run(scores: pd.DataFrame, sizes: list[str]) -> None:
    """Catches plain answers in a thinking row, and an interval from another cell."""
    frame = table(scores, sizes).set_index(["model", "perception"])
    row = frame.loc[("Extract+Think from scratch", "0.6B")]
    score = scores[
        (scores["perception"] == "extract-scratch-0.6B")
        & (scores["reasoning"] == "1.7B")
        & (scores["mode"] == "think")
        & (scores["category"] == "math")
        & (scores["reader"] == "robust")
    ].iloc[0]
    assert row["math"] == score["value"]
    assert (row["math_low"], row["math_high"]) == (score["low"], score["high"])
    assert row["math_n"] == score["n"]


def test_visual_samples_stand_beside_their_tuning(scores: pd.DataFrame, sizes: list[str]) -> None:
    """Catches sample counts of another stage, and zero where the number is unknown."""
    frame = table(scores, sizes, {"instruct": 5000, "extract-scratch": 900})
    samples = frame.groupby("model")["visual samples"].agg(set).to_dict()
    assert samples["Decoupled baseline"] == {"5000"}
    assert samples["Extract+Think from scratch"] == {"900"}
    assert samples["Extract+Think"] == {""}


def test_rows_that_were_not_run_are_left_out(scores: pd.DataFrame, sizes: list[str]) -> None:
    """Catches an empty row that reads as a result."""
    frame = table(scores[~scores["perception"].str.startswith("extract-")], sizes)
    assert set(frame["model"]) == {"End-to-end baseline", "Decoupled baseline", "Caption+Think"}
    assert table(scores.iloc[:0], sizes).empty


def test_the_file_reads_back(scores: pd.DataFrame, sizes: list[str], tmp_path: Path) -> None:
    """Catches counts written as floats, and numbers that lose digits."""
    frame = table(scores, sizes)
    save_table(frame, tmp_path / "table2.csv")
    read = pd.read_csv(tmp_path / "table2.csv")
    assert list(read.columns) == list(frame.columns)
    assert read["math_n"].dtype.kind == "i"
    assert (read["math"] - frame["math"]).abs().max() < 1e-6
