"""Records keep their values and their bytes; nothing half-written looks finished."""

from __future__ import annotations

import contextlib
import dataclasses
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from downscaling.errors import explained
from downscaling.records.files import RecordError, digest, read, replacing, seed_of, write
from downscaling.records.rows import Answer, Question, Sample, Score, Turn

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


CATEGORY = pa.dictionary(pa.int8(), pa.string())


@pytest.mark.parametrize("text", [pa.large_string(), pa.string_view()], ids=str)
def test_files_of_other_writers_are_read(tmp_path: Path, text: pa.DataType) -> None:
    """Catches a refusal of what pandas and polars write, whose text has another type of Arrow's."""
    texts = pa.large_list(text)
    types = dict.fromkeys(vars(QUESTION), text) | {"images": texts, "options": texts}
    types["placed"] = pa.int8()
    columns = {name: pa.array([value], types[name]) for name, value in vars(QUESTION).items()}
    pq.write_table(pa.table(columns), tmp_path / "q")
    assert pq.read_schema(tmp_path / "q").field("id").type == text
    assert read(tmp_path / "q", Question) == [QUESTION]
    columns["id"] = pa.array([1])
    pq.write_table(pa.table(columns), tmp_path / "number")
    with pytest.raises(RecordError, match="column id is int64, must be string"):
        read(tmp_path / "number", Question)


def answers(**changed: pa.Array) -> pa.Table:
    """Two answers as a table, the columns of which are changed or added."""
    columns = {
        "question": pa.array(["q0", "q1"]),
        "thinking": pa.array(["", ""]),
        "text": pa.array(["A", "B"]),
        "tokens": pa.array([2, 3]),
        "forced": pa.array([False, False]),
        "truncated": pa.array([False, True]),
    }
    return pa.table(columns | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"text": pa.array(["A", "B"]).cast(CATEGORY)},
        {"tokens": pa.array([2, 3], pa.uint16())},
        {"tokens": pa.array([2.0, 3.0])},
        {"__index_level_0__": pa.array([7, 8])},
        {"note": pa.array([None, "mine"])},
    ],
    ids=lambda changed: "-".join(f"{name} {column.type}" for name, column in changed.items()),
)
def test_what_converts_without_loss_is_read(changed: dict[str, pa.Array], tmp_path: Path) -> None:
    """Catches a refusal of a frame's categories, of small numbers, of whole numbers that a column
    with gaps once made floats, of the order of columns, of a frame's index and of a column more."""
    table = answers(**changed)
    pq.write_table(table.select(table.column_names[::-1]), tmp_path / "a")
    assert read(tmp_path / "a", Answer) == [
        Answer("q0", "", "A", 2, False, False),
        Answer("q1", "", "B", 3, False, True),
    ]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"text": pa.array(["A", None])}, "row 1: column text is null; give every row a value"),
        ({"thinking": pa.nulls(2)}, "row 0: column thinking is null"),
        ({"tokens": pa.array([None, 3.0])}, "row 0: column tokens is null"),
        ({"tokens": pa.array([2.5, 3.0])}, r"column tokens does not convert to int64 \(.*2\.5"),
        ({"tokens": pa.array(["2", "3"])}, "column tokens is string, must be int64"),
        ({"truncated": pa.array([0, 1])}, "column truncated is int64, must be bool"),
    ],
)
def test_what_would_be_lost_or_is_not_there_is_refused(
    changed: dict[str, pa.Array], problem: str, tmp_path: Path
) -> None:
    """Catches a null that passes and ends a later job, half a token that vanishes, and a column of
    another meaning."""
    pq.write_table(answers(**changed), tmp_path / "a")
    with pytest.raises(RecordError, match=problem) as refusal:
        read(tmp_path / "a", Answer)
    assert str(refusal.value).startswith(str(tmp_path / "a"))
    assert "\n" not in str(refusal.value)


def test_a_number_that_may_be_unknown_stays_so(tmp_path: Path) -> None:
    """Catches a null that is refused where the record itself says that a value may lack."""
    score = Score(
        *("p", "", "a", "b", "plain", "in-domain", "all", "accuracy", "robust", 0.5, 0.4, 0.6, 9),
        *("none", 0, None, None, None, 0.4, 0.6),
    )
    write(tmp_path / "s", [score], Score)
    assert read(tmp_path / "s", Score) == [score]


def test_a_wrong_file_is_named_in_one_line(tmp_path: Path) -> None:
    """Catches a pyarrow traceback where the user needs a file name."""
    write(tmp_path / "q", [QUESTION], Question)
    (tmp_path / "torn").write_bytes((tmp_path / "q").read_bytes()[:40])
    for path, reason in (("none", "no such file"), ("torn", "not a readable"), ("q", "columns")):
        with pytest.raises(RecordError, match=reason) as refusal:
            read(tmp_path / path, Sample)
        assert str(tmp_path / path) in str(refusal.value)
        assert "\n" not in str(refusal.value)


def test_a_flipped_bit_is_told_by_a_checksum_where_there_is_one(tmp_path: Path) -> None:
    """Catches records that another writer secured, and that decayed, read as if they were whole;
    and a flip that ends in a traceback."""
    path, draw = tmp_path / "a", random.Random(0)
    texts = pa.array([str(draw.random()) for _ in range(200)])
    plain = {"compression": "none", "use_dictionary": False}
    pq.write_table(pa.table({"text": texts}), path, write_page_checksum=True, **plain)
    whole = path.read_bytes()
    for place in draw.sample(range(100, 4000), 40):  # in the column's one page
        path.write_bytes(flipped(whole, place))
        with pytest.raises(RecordError, match="not a readable parquet file"):
            read(path, Text)


def test_a_flipped_bit_anywhere_is_one_line_at_most(tmp_path: Path) -> None:
    """Catches a traceback of a parquet file that decayed. Other records may come of it: who reads a
    job's file holds it against its digest first (runtime/recording.py)."""
    path, draw = tmp_path / "q", random.Random(0)
    write(path, [dataclasses.replace(QUESTION, id=f"q{number}") for number in range(50)], Question)
    whole = path.read_bytes()
    for place in draw.sample(range(len(whole)), 150):
        path.write_bytes(flipped(whole, place))
        with contextlib.suppress(RecordError):
            read(path, Question)


def flipped(content: bytes, place: int) -> bytes:
    """Content with one bit turned."""
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


@dataclasses.dataclass(frozen=True)
class Text:
    """A record of one column."""

    text: str


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


def test_an_error_names_the_place_that_was_given(tmp_path: Path) -> None:
    """Catches a message about `.out.part-29911`, a name that no user ever gave."""
    (tmp_path / "out/inside").mkdir(parents=True)
    for fill in (
        lambda path: path.write_text("a file in the place of a folder"),
        lambda path: path.read_text(),
        lambda path: (path.mkdir(), (path / "inside").read_text()),
    ):
        with pytest.raises(OSError, match="out") as caught, replacing(tmp_path / "out") as path:
            fill(path)
        told = explained(caught.value) or ""
        assert told.startswith(str(tmp_path / "out"))
        assert "part-" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_gold_text_of_a_choice_is_the_option_that_the_letter_names() -> None:
    """Catches an off-by-one between letters and options."""
    assert QUESTION.gold == "b"


def test_a_seed_depends_on_its_parts_alone() -> None:
    """Catches seeds that change between processes (hash randomisation) or run into each other."""
    assert seed_of("a", 1) == 6458633019718349741
    assert seed_of("ab", "c") != seed_of("a", "bc")
