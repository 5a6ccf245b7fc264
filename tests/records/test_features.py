"""Records as datasets: the same columns and the same values, wherever their file comes from."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from downscaling.records import rows
from downscaling.records.features import dataset, features
from downscaling.records.files import RecordError, schema_of, write
from downscaling.records.rows import Focus, Sample, Turn

KINDS = [kind for kind in vars(rows).values() if dataclasses.is_dataclass(kind)]
SAMPLE = Sample("1", "vqav2", ("a.png", "b.png"), (Turn("what?", "réd 🟥", 2), Turn("", "")))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kind_has_the_columns_of_its_files(kind: type) -> None:
    """Catches a column that datasets stores otherwise than our files do, as it did lists of
    structures."""
    assert features(kind).arrow_schema.equals(schema_of(kind))


def test_a_dataset_holds_the_records_of_its_file(tmp_path: Path) -> None:
    """Catches turns that become a structure of lists, and a name that is taken for a pattern."""
    write(tmp_path / "[s].parquet", [SAMPLE] * 3, Sample)
    write(tmp_path / "s.parquet", [], Sample)
    held = dataset(tmp_path / "[s].parquet", Sample, tmp_path / "scratch")
    assert held[0] == {
        "id": "1",
        "set": "vqav2",
        "images": ["a.png", "b.png"],
        "turns": [
            {"prompt": "what?", "reply": "réd 🟥", "placed": 2},
            {"prompt": "", "reply": "", "placed": 0},
        ],
    }
    assert len(held) == 3
    assert len(dataset(tmp_path / "s.parquet", Sample, tmp_path / "scratch")) == 0


@pytest.mark.parametrize("text", [pa.large_string(), pa.string_view()], ids=str)
def test_files_of_other_writers_are_read(tmp_path: Path, text: pa.DataType) -> None:
    """Catches text of another type of Arrow's, which a set of several files could not hold."""
    columns = {name: pa.array([name], text) for name in ("question", "phrase")}
    pq.write_table(pa.table(columns), tmp_path / "f.parquet")
    held = dataset(tmp_path / "f.parquet", Focus, tmp_path / "scratch")
    assert held[0] == {"question": "question", "phrase": "phrase"}
    assert held.features == features(Focus)


def test_a_wrong_file_is_named_in_one_line(tmp_path: Path) -> None:
    """Catches a traceback of datasets where the user needs a file name."""
    write(tmp_path / "s", [SAMPLE] * 99, Sample)
    whole = (tmp_path / "s").read_bytes()
    (tmp_path / "torn").write_bytes(whole[:4] + b"~" * 99 + whole[103:])
    write(tmp_path / "f", [Focus("q", "p")], Focus)
    for name, reason in (("none", "no such file"), ("torn", "not a readable"), ("f", "columns")):
        with pytest.raises(RecordError, match=reason) as refusal:
            dataset(tmp_path / name, Sample, tmp_path / "scratch")
        assert str(tmp_path / name) in str(refusal.value)
        assert "\n" not in str(refusal.value)
