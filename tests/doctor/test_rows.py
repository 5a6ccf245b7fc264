"""The first rows of a layout, as the doctor tells of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from downscaling.catalogue import datasets
from downscaling.catalogue.readers import VlmevalkitTsv
from downscaling.data.missing import Bound
from downscaling.doctor.finding import Finding
from downscaling.doctor.rows import Layout, read
from standins import image, row

REMEDY = "mend the file, or correct its entry"


def own(tmp_path: Path, answers: str, share: float) -> Finding:
    """What is found of a benchmark in a file of one's own, with a row for each answer."""
    picture = base64.b64encode(image(1)).decode()
    cells = [f"{number}\t{picture}\twhat?\tcup\tcan\t{a}" for number, a in enumerate(answers)]
    path = tmp_path / "mine.tsv"
    path.write_text("\n".join(["index\timage\tquestion\tA\tB\tanswer", *cells]) + "\n")
    bound, reader = Bound.of_benchmark("mine", share), VlmevalkitTsv(reader="vlmevalkit_tsv")
    return read(Layout("benchmark", "mine", reader, "entries", bound), path, tmp_path, REMEDY)


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
