"""Files of records that are damaged, of another writer, or hostile: read rightly, or one line."""

from __future__ import annotations

import contextlib
import datetime
import decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from downscaling.records.files import RecordError, read, write
from downscaling.records.rows import Answer, Sample, Turn

ANSWERS = [Answer("q0", "", "A", 2, False, False), Answer("q1", "", "B", 3, False, True)]
NESTED = [Sample("s0", "coin", ("a.png",), (Turn("Which?", "A", 1),))]


def table(**changed: Any) -> pa.Table:
    """The answers as another program may write them; None leaves a column out."""
    columns = {name: [getattr(answer, name) for answer in ANSWERS] for name in vars(ANSWERS[0])}
    columns |= changed
    return pa.table({name: pa.array(v) for name, v in columns.items() if v is not None})


TAKEN: dict[str, tuple[pa.Table, dict[str, Any]]] = {
    "Windows newlines": (table(text=["A\r\nB", "B\r"]), {"text": "A\r\nB"}),
    "text without end": (table(text=["A" * 5_000_000, "B"]), {"text": "A" * 5_000_000}),
    "control characters in text": (
        table(text=["\0\x1b[2J\u202e", "B"]),
        {"text": "\0\x1b[2J\u202e"},
    ),
    "text that spells a table": (table(text=['=1+1,\n"x', "B"]), {"text": '=1+1,\n"x'}),
    "long columns of text": (table(text=pa.array(["A", "B"], pa.large_string())), {}),
    "views of text": (table(text=pa.array(["A", "B"], pa.string_view())), {}),
    "categories": (table(text=pa.array(["A", "B"]).dictionary_encode()), {}),
    "decimals of whole numbers": (table(tokens=[decimal.Decimal(2), decimal.Decimal(3)]), {}),
    "a column more": (table(more=[{"a": 1}, {"a": 2}]), {}),
}


@pytest.mark.parametrize(("held", "first"), TAKEN.values(), ids=TAKEN)
def test_what_is_unusual_and_sound_is_read_as_it_is(
    held: pa.Table, first: dict[str, Any], tmp_path: Path
) -> None:
    """Catches a text that is changed or refused for what it holds, and another writer's columns."""
    pq.write_table(held, tmp_path / "a.parquet")
    (answer, *_) = read(tmp_path / "a.parquet", Answer)
    assert vars(answer) == vars(ANSWERS[0]) | first


REFUSED: dict[str, tuple[pa.Table, str]] = {
    "no column": (table(text=None), "lacks or repeats the columns text"),
    "an earlier version's column": (table(text=None, reply=["A", "B"]), "lacks or repeats the col"),
    "a column twice": (
        table().append_column("text", pa.array(["A", "B"])),
        "lacks or repeats the columns text",
    ),
    "no columns at all": (pa.table({}), "lacks or repeats the columns question, thinking, text"),
    "text for numbers": (table(tokens=["2", "3"]), "column tokens is string, must be int64"),
    "numbers for text": (table(text=[1, 2]), "column text is int64, must be string"),
    "numbers for true and false": (table(forced=[0, 1]), "column forced is int64, must be bool"),
    "days for text": (table(text=2 * [datetime.date(2024, 1, 1)]), "column text is date32[day], m"),
    "bytes for text": (table(text=[b"\xff", b"B"]), "column text is binary, must be string"),
    "lists for text": (table(text=[["A"], ["B"]]), "column text is list<"),
    "groups for text": (table(text=[{"a": "A"}, {"a": "B"}]), "column text is struct<a: string>"),
    "a gap": (table(text=["A", None]), ", row 1: column text is null; give every row a value"),
    "gaps alone": (table(text=pa.nulls(2)), ", row 0: column text is null; give every row a value"),
    "no number": (table(tokens=[2.0, float("nan")]), "column tokens does not convert to int64"),
    "infinite": (table(tokens=[2.0, float("inf")]), "column tokens does not convert to int64"),
    "half a token": (table(tokens=[2.0, 2.5]), "column tokens does not convert to int64"),
    "a number beyond 64 bits": (
        table(tokens=pa.array([2, 2**64 - 1], pa.uint64())),
        "column tokens does not convert to int64",
    ),
}


@pytest.mark.parametrize(("held", "line"), REFUSED.values(), ids=REFUSED)
def test_other_columns_are_refused_in_one_line(held: pa.Table, line: str, tmp_path: Path) -> None:
    """Catches a value that is guessed, rounded or lost, and a traceback of Arrow's."""
    pq.write_table(held, tmp_path / "a.parquet")
    assert line in refusal(tmp_path / "a.parquet")


def refusal(path: Path) -> str:
    """What is said of a file that is not read."""
    with pytest.raises(RecordError) as caught:
        read(path, Answer)
    said = str(caught.value)
    assert said.startswith(str(path))
    assert "\n" not in said
    return said


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A file of answers."""
    write(tmp_path / "sound.parquet", ANSWERS, Answer)
    return (tmp_path / "sound.parquet").read_bytes()


def test_what_is_no_parquet_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    """Catches a traceback of Arrow's, and half a file read as a whole one."""
    file = tmp_path / "a.parquet"
    footer_beyond = content[:-8] + b"\xff\xff\xff\x7fPAR1"
    for damaged in (
        *(b"", b"PAR1PAR1", b"question,text\nq0,A\n", b"{}", footer_beyond),
        *(content[:-1], content[: len(content) // 2], content[4:], content + b"\n"),
    ):
        file.write_bytes(damaged)
        assert "not a readable parquet file (" in refusal(file)
    file.unlink()
    file.mkdir()
    assert "not a readable parquet file (" in refusal(file)
    (tmp_path / "link").symlink_to("nowhere")
    assert "no such file" in refusal(tmp_path / "link")


TEXT = st.text(st.characters(codec="utf-8"))
TURNS = st.builds(Turn, TEXT, TEXT, st.integers(0, 9))
SAMPLES = st.builds(
    Sample, TEXT, TEXT, st.lists(TEXT).map(tuple), st.lists(TURNS, max_size=3).map(tuple)
)


@given(st.lists(SAMPLES, max_size=5))
def test_any_records_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, samples: list[Sample]
) -> None:
    """Catches a character, an empty list or an empty text that does not come back."""
    file = tmp_path_factory.getbasetemp() / "any.parquet"
    write(file, samples, Sample)
    assert read(file, Sample) == samples


@given(st.data())
def test_flipped_bytes_are_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Catches damage that ends in a traceback, or in a process that is killed."""
    file = tmp_path_factory.getbasetemp() / "flipped.parquet"
    write(file, NESTED, Sample)
    content = bytearray(file.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    with contextlib.suppress(RecordError):
        read(file, Sample)
