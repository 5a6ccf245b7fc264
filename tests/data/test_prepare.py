"""Sets and benchmarks made into records: what is left out, refused, drawn."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import prepared
from downscaling.catalogue import benchmarks
from downscaling.data import prepare
from downscaling.data.draws import WHOLE, Draw
from downscaling.records.files import RecordError, read
from downscaling.records.rows import Question, Sample

Row = Callable[..., dict[str, Any]]
Source = Callable[..., Path]


def vmcbench(tmp_path: Path, *files: list[dict[str, Any]]) -> Path:
    """raw/vmcbench of a preset with these parquet files."""
    folder = tmp_path / "preset" / "raw" / "vmcbench"
    (folder / "data").mkdir(parents=True)
    for number, rows in enumerate(files):
        pq.write_table(pa.Table.from_pylist(rows), folder / "data" / f"test-{number}.parquet")
    return folder


def entry(index: Any, picture: Any, **change: Any) -> dict[str, Any]:
    """A row of VMCBench."""
    options = {"A": "cup", "B": "can", "C": "jar", "D": "tin"}
    about = {"index": index, "question": "what?", "answer": "C", "category": "VQAv2"}
    image = {"bytes": picture, "path": "x.png"}
    return about | options | {"image": image} | change


def questions(
    folder: Path,
    categories: list[str] | None = None,
    omitted_share: float = 0.0,
    draw: Draw = WHOLE,
) -> list[Question]:
    """The records that a benchmark's folder becomes."""
    data = folder.parent.parent / "data" / "mine"
    prepared.benchmark("mine", folder, data, categories, omitted_share, draw)
    return read(data / "test.parquet", Question)


def test_vmcbench_rows_become_questions_with_extracted_images(
    tmp_path: Path, picture: bytes
) -> None:
    """Catches dev or test left out, ids that depend on the benchmark's name, lost images."""
    more = [entry(7, picture, category="GQA", answer="A")]
    folder = vmcbench(tmp_path, [entry(3, picture), entry(4, picture, category="MMMU")], more)
    made = questions(folder, ["vqav2", "gqa"])
    assert [(q.id, q.benchmark, q.category) for q in made] == [
        ("vmcbench-3", "mine", "vqav2"),
        ("vmcbench-7", "mine", "gqa"),
    ]
    assert (made[0].options, made[0].answer) == (("cup", "can", "jar", "tin"), "C")
    assert not made[0].published
    assert made[0].images == ("data/mine/images/3.png",)
    images = tmp_path / "preset" / "data" / "mine" / "images"
    assert sorted(path.name for path in images.iterdir()) == ["3.png", "7.png"]
    assert (images / "3.png").read_bytes() == picture


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"index": "../../evil"}, "row 1: index '../../evil' is no number"),
        ({"index": "0"}, "row 1: index 0 occurs twice"),
        ({"image": {"bytes": b"no image", "path": "x.png"}}, "row 1: image: not a readable"),
        ({"image": {"bytes": b"GIF89a", "path": "x.png"}}, "row 1: image: not a readable"),
        ({"image": {"bytes": b"", "path": "x.png"}}, "row 1: holds no image bytes"),
    ],
)
def test_hostile_rows_are_refused_by_file_and_row_unless_allowed(
    tmp_path: Path, picture: bytes, change: dict[str, Any], problem: str
) -> None:
    """Catches an index that names a file elsewhere, bytes that are no image, and a fault that stops
    a benchmark whatever its bound allows, or leaves an image behind."""
    folder = vmcbench(tmp_path, [entry("0", picture), entry("1", picture) | change])
    images = tmp_path / "preset" / "data" / "mine" / "images"
    with pytest.raises(RecordError) as caught:
        questions(folder)
    assert f"test-0.parquet, {problem}" in str(caught.value)
    assert not images.exists()
    assert [q.id for q in questions(folder, omitted_share=0.5)] == ["vmcbench-0"]
    assert [path.name for path in images.iterdir()] == ["0.png"]


def test_an_image_too_large_is_refused_whatever_is_allowed(
    tmp_path: Path, picture: bytes, bomb: Callable[[int, int], bytes]
) -> None:
    """Catches a hostile benchmark that only loses rows."""
    folder = vmcbench(tmp_path, [entry(0, picture), entry(1, bomb(12_000, 12_000))])
    with pytest.raises(RecordError, match=r"row 1: image is refused: more than 100,000,000 pix"):
        questions(folder, omitted_share=0.5)


def test_a_fault_in_a_category_that_nobody_takes_costs_nothing(
    tmp_path: Path, picture: bytes
) -> None:
    """Catches a benchmark that is refused for the index or the image of a row that it does not
    take."""
    faults = [entry("x", picture, category="MMMU"), entry("2", b"", category="MMMU")]
    folder = vmcbench(tmp_path, [entry("1", picture), *faults])
    assert [q.id for q in questions(folder, ["vqav2"])] == ["vmcbench-1"]


def test_rows_without_a_usable_answer_are_left_out(tmp_path: Path, picture: bytes) -> None:
    """Catches a question scored against a letter that it does not have."""
    rows = [
        entry(0, picture, answer="E"),
        entry(1, picture, answer=""),
        entry(2, picture, D=None),
        entry(3, picture, question="什么?"),
    ]
    made = questions(vmcbench(tmp_path, rows), omitted_share=0.75)
    assert [(q.id, q.text) for q in made] == [("vmcbench-3", "什么?")]


def test_a_benchmark_is_whole_or_stops(tmp_path: Path, picture: bytes) -> None:
    """Catches rows that vanish with a line in the log alone, a refusal without a place to look at
    or a key to set, images of a benchmark that was refused, and a fault in a category that nobody
    takes."""
    rows = [entry(number, picture) for number in range(9)]
    rows += [entry(9, picture, B=None), entry(10, picture, B=None, category="MMMU")]
    folder = vmcbench(tmp_path, rows)
    with pytest.raises(RecordError) as caught:
        questions(folder, ["vqav2"])
    data = tmp_path / "preset" / "data" / "mine"
    assert str(caught.value) == (
        f"{folder}/data/test-0.parquet, row 9: its B is empty or no text; of the questions of "
        "mine, 1 of 10 rows are left out, 10%, and 0% are allowed (benchmarks.mine.omitted_share); "
        f"they are listed in {data / 'test.missing.csv'}; mend them, or go on without them: "
        "benchmarks.mine.omitted_share: 0.1"
    )
    (listed,) = (data / "test.missing.csv").read_text().splitlines()[1:]
    assert listed == f",its B is empty or no text,{folder}/data/test-0.parquet,9"
    assert [path.name for path in data.iterdir()] == ["test.missing.csv"]
    assert len(questions(folder, ["vqav2"], omitted_share=0.1)) == 9
    with pytest.raises(RecordError, match=r"2 of 11 rows are left out, 18.2%, and 10% are allowed"):
        questions(folder, omitted_share=0.1)


def test_splits_may_share_an_index(tmp_path: Path, picture: bytes) -> None:
    """Catches a benchmark that stops because dev and test count from 0 each, and one image for two
    questions."""
    folder = vmcbench(tmp_path, [entry(0, picture)])
    parts = {"dev": "one?", "test": "two?"}
    (folder / "data" / "test-0.parquet").unlink()
    for part, text in parts.items():
        rows = pa.Table.from_pylist([entry(0, picture, question=text)])
        pq.write_table(rows, folder / "data" / f"{part}-00000-of-00001.parquet")
    assert [(q.id, q.text, q.images) for q in questions(folder)] == [
        (f"vmcbench-{part}-0", text, (f"data/mine/images/{part}-0.png",))
        for part, text in parts.items()
    ]


def test_a_benchmark_file_of_another_shape_is_named(tmp_path: Path, picture: bytes) -> None:
    """Catches a lacking column, a lacking file and a lacking category told as a traceback."""
    rows = [{"index": 0, "question": "what?"}]
    with pytest.raises(RecordError, match="lacks the columns image, A, B, C, D, answer, category"):
        questions(vmcbench(tmp_path / "a", rows))
    folder = vmcbench(tmp_path / "b")
    with pytest.raises(RecordError, match="no such file as data/"):
        questions(folder)
    (folder / "data" / "test-0.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(RecordError, match="not a readable parquet file"):
        questions(folder)
    with pytest.raises(RecordError, match="no row of the categories gqa"):
        questions(vmcbench(tmp_path / "c", [entry(0, picture)]), ["gqa", "vqav2"])


def test_mmstar_options_leave_the_question(tmp_path: Path, picture: bytes) -> None:
    """Catches inline options that a model would read twice, lost axes, and a published text that
    is changed on its way: official prompts send it as it is."""
    folder = tmp_path / "preset" / "raw" / "mmstar"
    folder.mkdir(parents=True)
    about = {
        "category": "math",
        "l2_category": "geometry",
        "image": picture,
        "meta_info": {"a": "b"},
    }
    rows = [
        {"index": 5, "question": " Which? \nOptions: A: 1, 2, B: 3\n", "answer": "B", **about},
        {"index": 6, "question": "Which?", "answer": "B", **about},
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "mmstar.parquet")
    (made,) = questions(folder, omitted_share=0.5)
    assert (made.id, made.category, made.axis) == ("mmstar-5", "math", "geometry")
    assert (made.text, made.options, made.answer) == ("Which?", ("1, 2", "3"), "B")
    assert made.published == "Which? \nOptions: A: 1, 2, B: 3"


def test_what_is_left_out_is_logged_with_file_and_row(
    source: Source, row: Row, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Catches a training set that silently shrinks."""
    rows = [row("a.png", "Q", "A"), row("a.png", "<image>\nQ", "A")]
    folder = source("coin", "GQA/train.json", rows)
    with caplog.at_level(logging.WARNING):
        omitted = prepared.train("gqa", folder, tmp_path / "train.parquet", missing_share=0.5)
    assert [o.row for o in omitted] == [0]
    assert "train.json, row 0 left out: 0 image places for 1 images" in caplog.text
    assert [s.id for s in read(tmp_path / "train.parquet", Sample)] == ["gqa-1"]


def test_a_set_of_which_nothing_is_left_is_an_error(
    source: Source, row: Row, tmp_path: Path
) -> None:
    """Catches training on an empty set after every row was unusable."""
    folder = source("coin", "GQA/train.json", [row("a.png", "no place", "A")])
    with pytest.raises(
        RecordError, match=r"row 0: 0 image places for 1 images; no usable training rows of gqa"
    ):
        prepared.train("gqa", folder, tmp_path / "train.parquet")
    assert not (tmp_path / "train.parquet").exists()


def test_few_questions_of_a_benchmark_are_of_all_its_categories(
    tmp_path: Path, picture: bytes
) -> None:
    """Catches a bound that takes the first rows, or leaves a category without a question where
    there is one."""
    names = ["VQAv2"] * 6 + ["GQA"]
    folder = vmcbench(tmp_path, [entry(i, picture, category=c) for i, c in enumerate(names)])
    few = questions(folder, ["vqav2", "gqa"], draw=Draw(3))
    assert [q.category for q in few] == ["vqav2", "vqav2", "gqa"]
    assert [q.id for q in few] != ["vmcbench-0", "vmcbench-1", "vmcbench-6"]
    assert few == questions(folder, ["vqav2", "gqa"], draw=Draw(3))
    assert len(questions(folder, ["vqav2", "gqa"], draw=Draw(99))) == 7


def test_a_row_is_taken_by_its_id_and_the_seed_alone(
    tmp_path: Path, source: Source, row: Row
) -> None:
    """Catches the first rows taken in place of a draw, an order that changes, and a draw that
    another row upsets."""
    rows = [row("a.png", "<image>\nwhat?", f"thing {i}") for i in range(20)]
    out = tmp_path / "train.parquet"

    def taken(rows: list[dict[str, Any]], most: int, seed: int = 0) -> list[str]:
        folder = source("coin", "GQA/train.json", rows)
        prepared.train("gqa", folder, out, Draw(most, seed))
        return [sample.id for sample in read(out, Sample)]

    few, more = taken(rows, 5), taken(rows, 9)
    assert set(few) < set(more)
    assert more == sorted(more, key=lambda name: int(name.split("-")[1]))
    assert few != [f"gqa-{i}" for i in range(5)]
    assert taken(rows, 5, seed=1) != few
    assert len(taken(rows, 30)) == 20


def test_no_category_has_the_name_of_the_mean_or_is_a_formula(
    tmp_path: Path, picture: bytes
) -> None:
    """Catches a category whose score is lost beside the mean of all, under the same name; and one
    that a spreadsheet runs when it opens the scores."""
    folder = vmcbench(tmp_path, [entry(3, picture), entry(4, picture, category="Average")])
    reader = benchmarks.load()["vmcbench"].reader
    at = prepared.places(folder, tmp_path / "preset/data/mine/test.parquet")
    images, scratch = at.records.with_name("images"), tmp_path / "scratch"
    with pytest.raises(RecordError) as caught:
        prepare.prepare_benchmark("mine", "vmcbench", reader, {}, at, images, scratch)
    assert str(caught.value) == (
        f"{folder}/data/test-0.parquet, row 1: category 'average' is the name of the mean over "
        "categories; name it otherwise there, or in the entry's categories"
    )
    formula = vmcbench(tmp_path / "b", [entry(3, picture), entry(4, picture, category="=1+1")])
    its = prepared.places(formula, tmp_path / "b/preset/data/mine/test.parquet")
    drawn = its.records.with_name("images")
    with pytest.raises(RecordError, match=r"category '=1\+1' begins with =, as what a s"):
        prepare.prepare_benchmark("mine", "vmcbench", reader, {}, its, drawn, scratch)
    renamed = {"vqav2": ("VQAv2",), "mean of all": ("Average",)}
    prepare.prepare_benchmark("mine", "vmcbench", reader, renamed, at, images, scratch)
    assert [q.category for q in read(at.records, Question)] == ["vqav2", "mean of all"]
