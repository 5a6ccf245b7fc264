"""Descriptions and answers that were made elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from downscaling.evaluation.imported_results import accepted
from downscaling.records.files import RecordError, write
from downscaling.records.rows import Description, Question
from performing import perform, task

ASKED = [
    Question(f"q{number}", "in-domain", "gqa", "", (), "?", ("a", "b"), "A", "choice")
    for number in range(3)
]


def described(path: Path, *names: str) -> Path:
    """A file of descriptions of these questions."""
    write(path, [Description(name, f"of {name}", 2, False) for name in names], Description)
    return path


def test_records_take_the_order_of_the_questions(tmp_path: Path) -> None:
    """Catches descriptions that are matched by their place."""
    file = described(tmp_path / "given.parquet", "q2", "q0", "q1")
    assert [d.text for d in accepted(file, "descriptions", ASKED)] == ["of q0", "of q1", "of q2"]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("q0", "q1"), r"no record for questions that were: q2 \(1 in all\)"),
        (("q0", "q1", "q2", "q2"), r"questions twice: q2"),
        (("q0", "q1", "q2", "other"), r"questions that were not asked: other"),
    ],
)
def test_records_of_other_questions_are_refused(
    names: tuple[str, ...], problem: str, tmp_path: Path
) -> None:
    """Catches a file of another revision of the data, or a part of one, scored as if whole."""
    file = described(tmp_path / "given.parquet", *names)
    write(tmp_path / "asked.parquet", ASKED, Question)
    with pytest.raises(RecordError, match=problem):
        accepted(file, "descriptions", ASKED)
    said = perform(
        task(
            "import_results",
            {"kind": "descriptions"},
            tmp_path,
            {"file": [file], "questions": [tmp_path / "asked.parquet"]},
            {"records": [tmp_path / "x"]},
        ),
        tmp_path / "jobs",
    )
    assert said.returncode == 1
    assert said.stdout.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_a_frame_of_pandas_is_accepted(tmp_path: Path) -> None:
    """Catches a refusal of what people have: texts as pandas writes them, categories, an index, a
    column of their own."""
    frame = pd.DataFrame(
        {
            "text": ["of q0", "of q1", "of q2"],
            "note": ["", None, "mine"],
            "truncated": False,
            "tokens": np.array([2, 2, 2], np.uint8),
            "question": pd.Categorical(["q0", "q1", "q2"]),
        },
        index=[7, 8, 9],
    )
    frame.to_parquet(tmp_path / "frame.parquet")
    frame.set_index("question").to_parquet(tmp_path / "indexed.parquet")
    for name in ("frame", "indexed"):
        records = accepted(tmp_path / f"{name}.parquet", "descriptions", ASKED)
        assert records == [Description(q.id, f"of {q.id}", 2, False) for q in ASKED]


def test_a_gap_is_refused_by_row_and_column(tmp_path: Path) -> None:
    """Catches a description that is not there, which ended the reasoner's job."""
    frame = pd.read_parquet(described(tmp_path / "given.parquet", "q0", "q1", "q2"))
    frame.loc[1, "text"] = None
    frame.to_parquet(tmp_path / "given.parquet")
    with pytest.raises(RecordError, match=r"given\.parquet, row 1: column text is null; give"):
        accepted(tmp_path / "given.parquet", "descriptions", ASKED)


def test_a_hostile_name_is_shown_escaped(tmp_path: Path) -> None:
    """Catches a file's name of a question that clears the screen, or makes one line two."""
    file = described(tmp_path / "given.parquet", "q0", "q1", "q2", "q\x1b[2J\n3")
    with pytest.raises(RecordError) as refusal:
        accepted(file, "descriptions", ASKED)
    assert str(refusal.value).endswith(r"were not asked: q\x1b[2J\n3 (1 in all)")
