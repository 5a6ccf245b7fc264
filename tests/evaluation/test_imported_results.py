"""Descriptions and answers that were made elsewhere."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from downscaling.evaluation.imported_results import accepted, columns
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


def test_another_file_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """Catches answers given for descriptions, numbers given as text, and what is no table."""
    file = described(tmp_path / "given.parquet", "q0")
    with pytest.raises(RecordError, match="are not those of Answer"):
        columns(file, "answers")
    table = pq.read_table(file)
    worded = table.set_column(2, "tokens", pa.array(["two"]))
    pq.write_table(worded, tmp_path / "worded.parquet")
    with pytest.raises(RecordError, match="column tokens is string, must be int64"):
        columns(tmp_path / "worded.parquet", "descriptions")
    (tmp_path / "text.parquet").write_text("no table")
    with pytest.raises(RecordError, match="not a readable parquet file"):
        columns(tmp_path / "text.parquet", "descriptions")
