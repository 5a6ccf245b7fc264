"""Records keep their values and their bytes; nothing half-written looks finished."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from downscaling.records.files import RecordError, digest, read, replacing, seed_of, write
from downscaling.records.rows import Answer, Question, Sample, Turn

SAMPLE = Sample("1", "vqav2", ("a.png", "b.png"), (Turn("what?", "réd 🟥"), Turn("", "")))
QUESTION = Question("q1", "in-domain", "gqa", "", (), "which?", ("a", "b"), "B", "choice")


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Catches a column lost or a nested tuple turned into a list."""
    write(tmp_path / "s.parquet", [SAMPLE], Sample)
    write(tmp_path / "q.parquet", [QUESTION], Question)
    write(tmp_path / "none.parquet", [], Answer)
    assert read(tmp_path / "s.parquet", Sample) == [SAMPLE]
    assert read(tmp_path / "q.parquet", Question) == [QUESTION]
    assert read(tmp_path / "none.parquet", Answer) == []


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    """Catches a timestamp in the file, which would make every rerun look new."""
    for name in ("one", "two"):
        write(tmp_path / name, [SAMPLE] * 3, Sample)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("text", [pa.large_string(), pa.string_view()], ids=str)
def test_files_of_other_writers_are_read(tmp_path: Path, text: pa.DataType) -> None:
    """Catches a refusal of what pandas and polars write, whose text has another type of Arrow's."""
    texts = pa.large_list(text)
    types = {name: texts if name in ("images", "options") else text for name in vars(QUESTION)}
    columns = {name: pa.array([value], types[name]) for name, value in vars(QUESTION).items()}
    pq.write_table(pa.table(columns), tmp_path / "q")
    assert pq.read_schema(tmp_path / "q").field("id").type == text
    assert read(tmp_path / "q", Question) == [QUESTION]
    columns["id"] = pa.array([1])
    pq.write_table(pa.table(columns), tmp_path / "number")
    with pytest.raises(RecordError, match="column id is int64, must be string"):
        read(tmp_path / "number", Question)


def test_a_wrong_file_is_named_in_one_line(tmp_path: Path) -> None:
    """Catches a pyarrow traceback where the user needs a file name."""
    write(tmp_path / "q", [QUESTION], Question)
    (tmp_path / "torn").write_bytes((tmp_path / "q").read_bytes()[:40])
    for path, reason in (("none", "no such file"), ("torn", "not a readable"), ("q", "columns")):
        with pytest.raises(RecordError, match=reason) as refusal:
            read(tmp_path / path, Sample)
        assert str(tmp_path / path) in str(refusal.value)
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_an_interrupted_write_leaves_the_old_result(tmp_path: Path, kind: str) -> None:
    """Catches a half-written output that looks finished, or a good one that is lost."""
    target = tmp_path / "out"

    def fill(path: Path, text: str) -> None:
        if kind == "folder":
            path.mkdir()
            path = path / "inside"
        path.write_text(text)

    def interrupted() -> None:
        with replacing(target) as path:
            fill(path, "half")
            raise KeyboardInterrupt

    with replacing(target) as path:
        fill(path, "old")
    before = digest(target)
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert digest(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    with replacing(target) as path:
        fill(path, "new")
    assert digest(target) != before


def test_the_gold_text_of_a_choice_is_the_option_that_the_letter_names() -> None:
    """Catches an off-by-one between letters and options."""
    assert QUESTION.gold == "b"


def test_a_seed_depends_on_its_parts_alone() -> None:
    """Catches seeds that change between processes (hash randomisation) or run into each other."""
    assert seed_of("a", 1) == 6458633019718349741
    assert seed_of("ab", "c") != seed_of("a", "bc")
