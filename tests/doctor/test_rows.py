"""The first rows of a layout, as the doctor tells of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from downscaling.catalogue import datasets
from downscaling.catalogue.readers import VlmevalkitTsv
from downscaling.data.categories import Categories
from downscaling.data.missing import Bound
from downscaling.doctor.finding import Finding
from downscaling.doctor.rows import ALL, Layout, read
from standins import image, row

REMEDY = "mend the file, or correct its entry"


def own(
    tmp_path: Path,
    answers: str,
    share: float,
    damaged: int = 0,
    categories: str = "",
    taken: Categories = ALL,
) -> Finding:
    """What is found of a benchmark in a file of one's own, with a row for each answer. damaged: of
    the first so many the image is none. categories: of each row, a letter."""
    sound, other = (base64.b64encode(bytes).decode() for bytes in (image(1), b"no image"))
    kinds = categories or "k" * len(answers)
    cells = [
        f"{number}\t{other if number < damaged else sound}\twhat?\tcup\tcan\t{a}\t{kind}"
        for number, (a, kind) in enumerate(zip(answers, kinds, strict=True))
    ]
    path, head = tmp_path / "mine.tsv", "index\timage\tquestion\tA\tB\tanswer\tcategory"
    path.write_text("\n".join([head, *cells]) + "\n")
    bound, reader = Bound.of_benchmark("mine", share), VlmevalkitTsv(reader="vlmevalkit_tsv")
    layout = Layout("benchmark", "mine", reader, "entries", bound, taken)
    return read(layout, path, tmp_path, REMEDY)


def test_a_faulty_row_is_red_unless_rows_may_be_left_out(tmp_path: Path) -> None:
    """Catches a row that stops `prepare` and is green here, and one that is allowed and red."""
    found = own(tmp_path, "ABX", 0.0)
    assert found.colour == "red"
    assert found.result.endswith(
        "reads 2 of its first rows; 1 are left out, the first: mine.tsv, row 2: its answer 'X' is "
        "none of its options"
    )
    assert found.remedy == "mend them, or allow some with benchmarks.mine.omitted_share"
    assert own(tmp_path, "ABX", 0.5).colour == "green"
    assert own(tmp_path, "AB", 0.0).colour == "green"


def test_a_file_of_which_no_row_can_be_used_is_another_layout(tmp_path: Path) -> None:
    """Catches a file whose rows are all faulty told as one that may be allowed some."""
    found = own(tmp_path, "XY", 0.5)
    assert (found.colour, found.remedy) == ("red", REMEDY)
    assert "none of its first 2 rows can be used; mine.tsv, row 0" in found.result


def test_rows_of_what_is_not_taken_are_not_looked_at(tmp_path: Path) -> None:
    """Catches a benchmark that is red for rows that no job reads."""
    taken = Categories({"colors": ("c",)})
    assert own(tmp_path, "XXAB", 0.0, categories="sscc", taken=taken).colour == "green"
    assert own(tmp_path, "XXAB", 0.0, categories="sscc").colour == "red"


def test_damaged_images_at_the_beginning_may_be_allowed(tmp_path: Path) -> None:
    """Catches a benchmark told as of another layout because its first rows are those allowed."""
    found = own(tmp_path, "A" * 20, 0.5, damaged=6)
    assert found.colour == "green"
    assert own(tmp_path, "A" * 20, 0.0, damaged=6).colour == "red"


def test_a_category_that_cannot_be_is_red(tmp_path: Path) -> None:
    """Catches a name that only the job refuses."""
    found = own(tmp_path, "AB", 0.0, categories="==")
    assert found.colour == "red"
    assert "category '=' begins with =, as what a spreadsheet computes" in found.result


@pytest.mark.parametrize("metadata", [{}, {"metadata": {}}, {"metadata": {"dataset": "other"}}])
def test_rows_of_other_sets_at_the_beginning_are_grey(
    tmp_path: Path, metadata: dict[str, object]
) -> None:
    """Catches a file that several sets share, red because the rows of another set, which it begins
    with, say nothing of their set."""
    told = [row(["a.png", "b.png"], "<image><image>\nWhich?", "Left", **metadata)]
    (tmp_path / "multi_image_in_domain.json").write_text(json.dumps(told))
    reader = datasets.load()["interleave-bench"].questions["puzzle"]
    layout = Layout("questions of", "puzzle", reader, "questions", Bound.of_sets(0.0))
    assert read(layout, tmp_path, tmp_path, REMEDY).colour == "grey"
