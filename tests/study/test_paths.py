"""Where everything lies."""

from __future__ import annotations

import re

import pytest

from downscaling.study.paths import MEASURED, Paths, is_measured
from downscaling.study.runs import Run
from planned import HOME


def test_the_seed_stands_last_among_the_folders() -> None:
    """Catches a common prefix for which Snakemake tries every rule, which makes a large graph slow:
    159 s in place of 28 s for 40 sizes and 5 seeds."""
    paths = Paths("p")
    assert paths.model("extract-8B", 3) == "results/p/models/extract-8B/seed-3"
    run = Run("extract-8B", "4B", "think")
    assert paths.answers(run, 3, "b") == "results/p/answers/extract-8B/4B/think/seed-3/b.parquet"
    assert paths.descriptions("m", 3, "b") == "results/p/descriptions/m/seed-3/b.parquet"


def test_no_other_file_spells_a_path() -> None:
    """Catches a second owner of the results' folders: a rule or a stage that spells a path."""
    folders = "raw|truth|extraction|backbones|models|features|focus|descriptions|answers|scores"
    spelled = re.compile(rf"""["'](?:results|{folders}|figures|tables|audit|measured)/""")
    files = [*HOME.glob("workflow/**/*.smk"), *HOME.glob("src/downscaling/stages/*.py")]
    files += [HOME / "Snakefile", *HOME.glob("src/downscaling/study/*.py")]
    owner = HOME / "src/downscaling/study/paths.py"
    found = {path.name: spelled.findall(path.read_text()) for path in files if path != owner}
    assert {name: places for name, places in found.items() if places} == {}


def test_the_documentation_lists_what_may_differ() -> None:
    """Catches a measured file that users are told to expect equal, and a reason that was changed in
    one place."""
    text = (HOME / "docs/measured.md").read_text()
    rows = re.findall(r"^\| `results/<preset>/([^`]+)` \| (.+) \|$", text, re.MULTILINE)
    assert dict(rows) == MEASURED


@pytest.mark.parametrize(
    ("path", "measured"),
    [
        ("measured/logs/render.log", True),
        ("measured", True),
        ("ro-crate-metadata.json", True),
        ("measured-else/a.csv", False),
        ("report/measured/a.csv", False),
        ("ro-crate-metadata.json.txt", False),
        ("scores/scores.csv", False),
    ],
)
def test_a_name_that_begins_alike_is_not_measured(path: str, measured: bool) -> None:
    """Catches a result that is left out of a comparison for the beginning of its name."""
    assert is_measured(path) is measured
