"""Benchmarks: those of the catalogue, and a user's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from downscaling.catalogue import benchmarks
from downscaling.records.files import RecordError

OWN = """
[source]
title = "My benchmark"
role = "evaluation"
licence = "my own"
size = "1 MB"
path = "rows.tsv"

[reader]
reader = "vlmevalkit_tsv"
"""


def own(folder: Path, text: str = OWN, name: str = "mine") -> str:
    """A benchmark of a user's own, two levels below the Snakefile's folder."""
    place = folder / "my/benchmarks"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.toml").write_text(text)
    (place / "rows.tsv").write_text("index\n")
    return f"my/benchmarks/{name}.toml"


def test_a_name_of_the_catalogue_is_its_benchmark(tmp_path: Path) -> None:
    """Catches a category that is lost, and truth looked for in another folder."""
    vmcbench = benchmarks.named("vmcbench", tmp_path)
    assert vmcbench.truth == "in-domain"
    assert len(vmcbench.categories) == 20
    assert benchmarks.named("mmstar", tmp_path).official_phrases


def test_a_users_own_file_names_data_beside_itself(tmp_path: Path) -> None:
    """Catches data looked for beside the Snakefile, and a path that a moved clone changes."""
    source = own(tmp_path)
    benchmark = benchmarks.named(source, tmp_path)
    assert benchmark.source.path == "my/benchmarks/rows.tsv"
    assert benchmarks.name_of(source) == "mine"
    assert benchmarks.name_of("vmcbench") == "vmcbench"


@pytest.mark.parametrize(
    ("change", "name", "problem"),
    [
        (("rows.tsv", "gone.tsv"), "mine", "source.path: my/benchmarks/gone.tsv does not exist"),
        (("x", "x"), "mmstar", "mmstar.toml: named as a benchmark of the catalogue; rename"),
        (("[reader]", "[readers]"), "mine", "readers: unknown key; allowed: source, reader, cat"),
        (
            ("_tsv", "_csv"),
            "mine",
            "reader.reader: given 'vlmevalkit_csv'; allowed",
        ),
    ],
)
def test_a_users_file_that_cannot_serve_is_refused(
    tmp_path: Path, change: tuple[str, str], name: str, problem: str
) -> None:
    """Catches a fault that shows only in a job, and one of several lines."""
    source = own(tmp_path, OWN.replace(*change), name)
    with pytest.raises(RecordError) as caught:
        benchmarks.named(source, tmp_path)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_name_is_told_what_there_is(tmp_path: Path) -> None:
    """Catches a misspelt name that is taken for a file, or refused without a hint."""
    with pytest.raises(RecordError, match=r"given vmc; allowed: mmstar, vmcbench, or the path"):
        benchmarks.named("vmc", tmp_path)
    with pytest.raises(RecordError, match=r"gone.toml: no such file"):
        benchmarks.named("gone.toml", tmp_path)


def test_categories_are_chosen_or_all(tmp_path: Path) -> None:
    """Catches a category that is chosen and not there, and none chosen taken for none wanted."""
    mmstar = benchmarks.named("mmstar", tmp_path)
    assert list(benchmarks.cells_of(mmstar, None)) == list(mmstar.categories)
    assert benchmarks.cells_of(mmstar, ["math"]) == {"math": ("math",)}
    with pytest.raises(RecordError, match="given maths; allowed: coarse perception, fine-grained"):
        benchmarks.cells_of(mmstar, ["math", "maths"])
    mine = benchmarks.named(own(tmp_path), tmp_path)
    assert benchmarks.cells_of(mine, None) == {}
    assert benchmarks.cells_of(mine, ["Signs"]) == {"Signs": ("Signs",)}


@pytest.mark.parametrize(
    ("categories", "line"),
    [
        (
            'a = ["color"]\nb = ["Color"]',
            "categories.b: given Color, as a; allowed: each cell once",
        ),
        ("a = []", "categories.a: given []; allowed: what its rows' cells hold"),
        ('average = ["color"]', "categories: given 'average'; allowed: another name"),
        ('"=1+1" = ["color"]', "categories: given '=1+1'; allowed: another name"),
    ],
)
def test_each_row_has_one_category_and_each_score_one_name(
    categories: str, line: str, tmp_path: Path
) -> None:
    """Catches questions that the last of two categories takes, and a category whose score is taken
    for the mean."""
    source = own(tmp_path, f"{OWN}\n[categories]\n{categories}\n")
    with pytest.raises(RecordError, match=re.escape(line)):
        benchmarks.named(source, tmp_path)
