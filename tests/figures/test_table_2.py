"""Table 2: which rows it has, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from downscaling.config.roles import Roles
from downscaling.figures import table_2
from downscaling.figures.table_files import save_table
from downscaling.results.scores import Scores

Table = Callable[..., pd.DataFrame]

IN = ["ocrvqa", "textvqa", "scienceqa", "vqav2", "gqa", "vizwiz"]
OUT = [
    "coarse perception",
    "fine-grained perception",
    "instance reasoning",
    "logical reasoning",
    "science & technology",
    "math",
]


RUN = {
    # another model's scores, as those of: perception, reasoning, mode
    ("smolvlm", "end-to-end", "image"): ("instruct-0.6B", "end-to-end", "image"),
    ("prism-7b", "llama3-70b", "plain"): ("instruct-1.7B", "4B", "plain"),
    ("released-extract-1.7B", "4B", "think"): ("extract-1.7B", "4B", "think"),
}


def measured(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that were run."""
    return frame[frame["source"] == "measured"]


@pytest.fixture
def table(load: Callable[..., Scores], roles: Roles) -> Table:
    """Table 2 of some scores."""

    def build(
        scores: pd.DataFrame, sizes: list[str], samples: dict[str, int] | None = None
    ) -> pd.DataFrame:
        return table_2.table(load(scores), sizes, roles, samples)

    return build


@pytest.fixture
def more(scores: pd.DataFrame) -> pd.DataFrame:
    """The scores with runs of other groups' models, and of a released checkpoint."""
    key = ["perception", "reasoning", "mode"]
    made = [scores]
    for named, like in RUN.items():
        rows = scores[scores[key].eq(list(like)).all(axis=1) & (scores["benchmark"] != "families")]
        made.append(rows.assign(**dict(zip(key, named, strict=True))))
    return pd.concat(made)


def test_the_paper_s_own_rows_in_its_order(
    table: Table, scores: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches a missing pair, and a reasoner that is not one step above its perception module."""
    frame = measured(table(scores, sizes))
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
    table: Table, scores: pd.DataFrame, sizes: list[str], columns: list[str], name: str
) -> None:
    """Catches a column from the other benchmark, or from other runs than the average's."""
    frame = measured(table(scores, sizes))
    mean = frame[columns].astype(float).mean(axis=1)
    pd.testing.assert_series_equal(mean, frame[f"{name} average"], check_names=False)


def test_cells_are_the_scores_of_their_run(
    table: Table, scores: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches plain answers in a thinking row, and an interval from another cell."""
    frame = table(scores, sizes).set_index(["model", "perception"])
    row = frame.loc[("Extract+Think from scratch", "0.6B")]
    score = scores[
        (scores["perception"] == "extract-scratch-0.6B")
        & (scores["reasoning"] == "1.7B")
        & (scores["mode"] == "think")
        & (scores["category"] == "math")
        & (scores["parser"] == "robust")
    ].iloc[0]
    assert row["math"] == score["value"]
    assert (row["math_low"], row["math_high"]) == (score["low"], score["high"])
    assert row["math_n"] == score["n"]


def test_visual_samples_stand_beside_their_tuning(
    table: Table, scores: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches sample counts of another stage, and zero where the number is unknown."""
    frame = table(scores, sizes, {"instruct": 5000, "extract-scratch": 900})
    samples = frame.groupby("model")["visual samples"].agg(set).to_dict()
    assert samples["Decoupled baseline"] == {"5000"}
    assert samples["Extract+Think from scratch"] == {"900"}
    assert samples["Extract+Think"] == {""}


def test_rows_that_were_not_run_are_the_paper_s_alone(
    table: Table, scores: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches an empty row that reads as a result, a row of the paper that is missing, and the
    paper's numbers where nothing was run."""
    frame = table(scores[~scores["perception"].str.startswith("extract-")], sizes)
    own = {"End-to-end baseline", "Decoupled baseline", "Caption+Think"}
    assert set(measured(frame)["model"]) == own
    rest = frame[frame["source"] == "published only"]
    assert list(rest["model"]) == [
        *("LLaVA-OneVision-0.5B", "InternVL2.5-1B", "SmolVLM", "PrismCaptioner", "PrismCaptioner"),
        *("Extract+Think from scratch", "Extract+Think from scratch"),
        *("Extract+Think", "Extract+Think"),
    ]
    assert rest[[*IN, *OUT]].isna().all(axis=None)
    assert rest.iloc[4][["perception", "reasoning", "math_published"]].to_list() == (
        ["7B", "70B", 0.404]
    )
    assert table(scores.iloc[:0], sizes).empty


def test_what_the_paper_prints_stands_beside_every_cell(
    table: Table, scores: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches a published value of another row or column, and one where the paper has no such
    pair."""
    frame = table(scores, sizes).set_index(["model", "perception", "reasoning"])
    row = frame.loc[("Caption+Think", "1.7B", "4B")]
    assert (row["ocrvqa_published"], row["out-of-domain average_published"]) == (0.892, 0.490)
    assert row["visual samples_published"] == "2.0M"
    unpaired = frame.loc[("Decoupled baseline", "0.6B", "1.7B")]
    assert unpaired[[f"{name}_published" for name in (*IN, *OUT)]].isna().all()
    assert unpaired["visual samples_published"] == ""


def test_the_columns_that_programs_read_keep_their_places(
    table: Table, scores: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches a new column in the midst of the old ones."""
    columns = list(table(scores, sizes).columns)
    old = ["model", "perception", "reasoning", "visual samples"]
    for name in (*IN, "in-domain average", *OUT, "out-of-domain average"):
        old += [name, f"{name}_low", f"{name}_high", f"{name}_n"]
    assert columns[: len(old)] == old
    assert columns[len(old)] == "source"
    assert columns[-1] == "out-of-domain average_reference_high"


def test_models_of_others_fill_their_rows_once_they_are_run(
    table: Table, more: pd.DataFrame, sizes: list[str]
) -> None:
    """Catches a measured row that is still published only, one beside another model's published
    values, and a released checkpoint in the place of the study's own."""
    frame = table(more, sizes)
    found = measured(frame)
    assert list(found["model"])[:4] == [
        *("SmolVLM", "End-to-end baseline", "End-to-end baseline", "PrismCaptioner")
    ]
    rest = frame[frame["source"] == "published only"]
    assert list(rest["model"]) == ["LLaVA-OneVision-0.5B", "InternVL2.5-1B", "PrismCaptioner"]
    smol = found[found["model"] == "SmolVLM"].iloc[0]
    assert smol["math"] > 0
    assert (smol["math_published"], smol["visual samples_published"]) == (0.342, "unknown")
    models = list(found["model"])
    released = found[found["model"] == "Extract+Think, released"]
    assert released[
        ["perception", "reasoning", "in-domain average_published"]
    ].to_numpy().tolist() == ([["1.7B", "4B", 0.853]])
    assert models.count("Extract+Think") == 2


def test_the_file_reads_back(
    table: Table, scores: pd.DataFrame, sizes: list[str], tmp_path: Path
) -> None:
    """Catches counts written as floats, and numbers that lose digits."""
    frame = table(scores, sizes)
    save_table(frame, tmp_path / "table2.csv")
    read = pd.read_csv(tmp_path / "table2.csv")
    assert list(read.columns) == list(frame.columns)
    assert read["math_n"].dtype.kind == "i"
    assert (read["math"] - frame["math"]).abs().max() < 1e-6
