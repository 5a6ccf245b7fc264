"""The example of a benchmark of one's own."""

from __future__ import annotations

from pathlib import Path

from downscaling.catalogue import benchmarks
from downscaling.data.prepare import Places, prepare_benchmark
from downscaling.records.files import read
from downscaling.records.rows import Question

HOME = Path(__file__).parents[2]
SOURCE = "examples/benchmark-tsv/shapes.toml"


def test_the_example_is_read(tmp_path: Path) -> None:
    """Catches an example that its own reader refuses, or of which a row is lost."""
    entry = benchmarks.named(SOURCE, HOME)
    source, records = HOME / entry.source.path, tmp_path / "data/shapes/test.parquet"
    left_out = prepare_benchmark(
        "shapes",
        benchmarks.name_of(SOURCE),
        entry.reader,
        benchmarks.cells_of(entry, None),
        Places(source, tmp_path, records, tmp_path / "missing.csv"),
        records.parent / "images",
        tmp_path / "scratch",
    )
    assert left_out == []
    questions = read(records, Question)
    assert [question.id for question in questions] == [f"shapes-{index}" for index in range(8)]
    assert {question.category for question in questions} == {"colors", "counts"}
    assert {image for question in questions for image in question.images} == {
        f"data/shapes/images/{index}.png" for index in (0, 3, 5)
    }
    assert (questions[1].text, questions[1].gold) == ("name the color of the square.", "blue")
