"""Benchmarks as lmms-eval reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from downscaling.catalogue.readers import LmmsParquet
from downscaling.data.readers import lmms_parquet
from downscaling.data.readers.omissions import Omission
from downscaling.data.readers.tables import Entry
from downscaling.records.files import RecordError
from downscaling.records.rows import LETTERS


def entries(
    tmp_path: Path, rows: list[dict[str, Any]], omitted: list[Omission] | None = None, **said: Any
) -> list[Entry]:
    """What is read of a parquet file of these rows."""
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    reader = LmmsParquet(reader="lmms_parquet", **said)
    left_out = [] if omitted is None else omitted
    return list(lmms_parquet.entries(reader, path, tmp_path / "scratch", left_out))


def row(**change: Any) -> dict[str, Any]:
    """A row that lists its options and answers by letter."""
    image = {"bytes": b"image", "path": None}
    about = {"image": image, "question": "what?", "options": ["cup", "can"], "answer": "B"}
    return about | change


@pytest.mark.parametrize(
    "options",
    [
        ["cup", "can, small"],
        "['cup', 'can, small']",
        '["cup", "can, small"]',
        "A. cup\nB. can, small",
        "(A) cup\n(B) can, small",
    ],
)
def test_options_may_be_listed_in_many_forms(tmp_path: Path, options: object) -> None:
    """Catches a list that is read as one option, or cut at a comma inside an option."""
    (entry,) = entries(tmp_path, [row(options=options)], options=("options",))
    assert (entry.options, entry.answer) == (("cup", "can, small"), "B")


def test_options_may_be_columns_or_stand_in_the_question(tmp_path: Path) -> None:
    """Catches an option column that a row leaves blank offered as an option."""
    letters = {"A": "cup", "B": "can", "C": "nan", "D": None}
    columns: dict[str, Any] = {"options": tuple("ABCD")}
    omitted: list[Omission] = []
    (entry,) = entries(tmp_path, [row(**letters)], fewer_options=True, **columns)
    assert entry.options == ("cup", "can")
    whole = row(**letters | {"C": "jar", "D": "tin"})
    assert [e.name for e in entries(tmp_path, [row(**letters), whole], omitted, **columns)] == ["1"]
    assert [(o.row, o.reason) for o in omitted] == [(0, "its D is empty or no text")]
    (entry,) = entries(tmp_path, [row(question="what?\nA. cup\nB. can")])
    assert (entry.text, entry.options) == ("what?", ("cup", "can"))


@pytest.mark.parametrize(
    ("answer_is", "answer"),
    [("letter", "b"), ("letter", "(B)"), ("index", 1), ("index", "1"), ("text", "Can.")],
)
def test_answers_are_letters_indices_or_texts(
    tmp_path: Path, answer_is: str, answer: object
) -> None:
    """Catches an index that counts from 1, and a letter looked up among the texts."""
    rows = [row(answer=answer)]
    (entry,) = entries(tmp_path, rows, options=("options",), answer_is=answer_is)
    assert entry.answer == "B"


@pytest.mark.parametrize(
    ("answer_is", "answer"),
    [
        ("letter", "C"),
        ("letter", "can"),
        ("letter", ""),
        ("index", 2),
        ("index", -1),
        ("text", "x"),
    ],
)
def test_a_row_without_a_usable_answer_is_left_out(
    tmp_path: Path, answer_is: str, answer: object
) -> None:
    """Catches a question that is scored against an option it does not have."""
    omitted: list[Omission] = []
    said = {"options": ("options",), "answer_is": answer_is}
    assert entries(tmp_path, [row(answer=answer)], omitted, **said) == []
    assert [o.row for o in omitted] == [0]


def test_images_of_several_columns_and_lists_are_gathered(tmp_path: Path) -> None:
    """Catches an image that is lost behind an empty one, and a row that would be asked blind."""
    one, two = {"bytes": b"one", "path": "1.png"}, {"bytes": b"two", "path": "2.png"}
    rows = [
        row(image=None, image_1=[one, two], image_2=None),
        row(image=None, image_1=[one], image_2=two),
        row(image=None, image_1=[], image_2=two),
        row(image=None, image_1=None, image_2=None),
    ]
    omitted: list[Omission] = []
    said = {"options": ("options",), "images": ("image_1", "image_2")}
    found = [
        [(p.name, p.cell) for p in e.pictures] for e in entries(tmp_path, rows, omitted, **said)
    ]
    assert found == [
        [("0-0", one), ("0-1", two)],
        [("1-0", one), ("1-1", two)],
        [("2", two)],
    ]
    assert [(o.row, o.reason) for o in omitted] == [(3, "no image")]


def test_images_that_a_file_declares_stay_bytes(tmp_path: Path, picture: bytes) -> None:
    """Catches images that are decoded and encoded anew, as features of the hub ask for."""
    import datasets

    table = datasets.Dataset.from_list([row(image={"bytes": picture, "path": None})])
    table = table.cast_column("image", datasets.Image())
    table.to_parquet(tmp_path / "rows.parquet")
    reader = LmmsParquet(reader="lmms_parquet", options=("options",))
    at = tmp_path / "rows.parquet"
    (entry,) = lmms_parquet.entries(reader, at, tmp_path / "scratch", [])
    assert entry.pictures[0].cell["bytes"] == picture


def test_rows_are_numbered_across_files_in_their_order(tmp_path: Path) -> None:
    """Catches two rows of one id where no column holds a number, and rows out of order."""
    for name in ("b", "a"):
        rows = [row(question=f"{name}{number}") for number in range(70)]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    reader = LmmsParquet(reader="lmms_parquet", options=("options",))
    found = list(lmms_parquet.entries(reader, tmp_path, tmp_path / "scratch", []))
    assert [entry.name for entry in found] == [str(number) for number in range(140)]
    assert [found[i].text for i in (0, 69, 70)] == ["a0", "a69", "b0"]


def test_an_index_is_of_its_split(tmp_path: Path) -> None:
    """Catches two questions under one name and one image, where splits count from 0 each, and a
    question of a sole split that is named otherwise than before."""
    reader = LmmsParquet(reader="lmms_parquet", index="index", options=("options",))

    def names(*files: str) -> list[tuple[str, str]]:
        for start, name in enumerate(files):
            rows = pa.Table.from_pylist([row(index=start % 2)])
            pq.write_table(rows, tmp_path / f"{name}.parquet")
        found = lmms_parquet.entries(reader, tmp_path, tmp_path / "scratch", omitted)
        return [(entry.name, entry.pictures[0].name) for entry in found]

    omitted: list[Omission] = []
    shards = ("test-00000-of-00002", "test-00001-of-00002")
    assert names(*shards) == [("0", "0"), ("1", "1")]
    assert names(*shards, "dev-00000-of-00001") == [
        *(("dev-0", "dev-0"), ("test-0", "test-0"), ("test-1", "test-1")),
    ]
    assert not omitted
    assert [name for name, _ in names("dev-00001-of-00002")] == ["dev-0", "test-0", "test-1"]
    assert omitted == [
        Omission(f"{tmp_path}/dev-00001-of-00002.parquet", 0, "index 0 occurs twice")
    ]


def test_a_path_is_no_pattern(tmp_path: Path) -> None:
    """Catches a folder with brackets in its name, in which no file would be found."""
    folder = tmp_path / "run[1]"
    folder.mkdir()
    assert len(entries(folder, [row()], options=("options",))) == 1


def test_what_a_file_says_of_its_types_is_not_believed(tmp_path: Path) -> None:
    """Catches metadata by which a file names any class of a library, or one that nobody knows."""
    declared = {b"huggingface": b'{"info": {"features": {"image": {"_type": "Evil"}}}}'}
    table = pa.Table.from_pylist([row()]).replace_schema_metadata(declared)
    pq.write_table(table, tmp_path / "rows.parquet")
    reader = LmmsParquet(reader="lmms_parquet", options=("options",))
    (entry,) = lmms_parquet.entries(reader, tmp_path, tmp_path / "scratch", [])
    assert entry.pictures[0].cell == {"bytes": b"image", "path": None}


def test_categories_and_axes_are_columns(tmp_path: Path) -> None:
    """Catches a category of another column, and a column that an entry names and no file has."""
    rows = [row(topic="Maps", kind="Road maps")]
    said = {"options": ("options",), "category": "topic", "axis": "kind"}
    (entry,) = entries(tmp_path, rows, **said)
    assert (entry.category, entry.axis) == ("Maps", "Road maps")
    with pytest.raises(RecordError, match=r"rows.parquet: lacks the columns topic, kind"):
        entries(tmp_path, [row()], **said)
    reader = LmmsParquet(reader="lmms_parquet", **said)
    with pytest.raises(RecordError, match=r"rows.parquet: lacks the columns topic, kind"):
        lmms_parquet.check_form(reader, tmp_path / "rows.parquet")
    entries(tmp_path, rows, **said)
    lmms_parquet.check_form(reader, tmp_path / "rows.parquet")


def test_a_hostile_list_of_options_is_no_traceback(tmp_path: Path) -> None:
    """Catches a text of nested brackets that stops the job, or is run as code."""
    texts = ["[" * 5000, "[__import__('os').getcwd()]", "['cup', 7]", "[]", "no options"]
    omitted: list[Omission] = []
    rows = [row(options=text) for text in texts]
    assert entries(tmp_path, rows, omitted, options=("options",)) == []
    assert [o.row for o in omitted] == list(range(len(texts)))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"options": ["cup"], "answer": 0}, "has 1 options; allowed: 2 to 26"),
        ({"options": ["cup"] * 30, "answer": 29}, "has 30 options; allowed: 2 to 26"),
        ({"options": ["cup"] * 30, "answer": 0}, "has 30 options; allowed: 2 to 26"),
        ({"options": ["cup", "x" * 100_001]}, "one of its options has 100,001 characters; "),
        ({"question": "x" * 100_001}, "its question has 100,001 characters; allowed: 100,000"),
    ],
)
def test_what_no_model_can_be_asked_is_left_out(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    """Catches a traceback here or hours later in the job of a model: an option without a letter, a
    text that takes all memory; and a question whose answer is given away."""
    omitted: list[Omission] = []
    said = {"options": ("options",), "answer_is": "index"}
    rows = [row(**{"answer": 0} | change), row(options=list(LETTERS), answer=25)]
    assert [e.answer for e in entries(tmp_path, rows, omitted, **said)] == ["Z"]
    assert [o.row for o in omitted] == [0]
    assert omitted[0].reason.startswith(problem)


def test_options_behind_z_are_seen_in_a_text(tmp_path: Path) -> None:
    """Catches a text of thirty lettered options of which the first 26 are asked."""
    omitted: list[Omission] = []
    names = [*LETTERS, "AA", "AB", "AC", "AD"]
    text = "\n".join(f"{name}. option {name}" for name in names)
    assert not entries(tmp_path, [row(question=f"what?\n{text}")], omitted)
    assert not entries(tmp_path, [row(options=text)], omitted, options=("options",))
    assert [o.reason for o in omitted] == ["has 30 options; allowed: 2 to 26"] * 2


def test_two_columns_of_one_name_and_no_rows_are_named(tmp_path: Path) -> None:
    """Catches a KeyError of Arrow's, and a file without rows that is called unreadable."""
    table = pa.Table.from_pylist([row()])
    reader = LmmsParquet(reader="lmms_parquet", options=("options",))
    for held, problem in [
        (table.append_column("question", [["what else?"]]), "has two columns of one name"),
        (table.slice(0, 0), "has no rows"),
    ]:
        pq.write_table(held, tmp_path / "rows.parquet")
        with pytest.raises(RecordError) as caught:
            list(lmms_parquet.entries(reader, tmp_path, tmp_path / "scratch", []))
        assert str(caught.value) == f"{tmp_path}/rows.parquet: {problem}"
