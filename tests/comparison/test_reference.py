"""References: made of two studies, read strictly, and scores made anew of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import studies
from conftest import Make
from downscaling.comparison.compare import compare
from downscaling.comparison.make_reference import make_reference
from downscaling.comparison.reference import FILES, REFERENCE, read
from downscaling.comparison.regrade import regraded
from downscaling.comparison.rescore import TABLES, rescore
from downscaling.comparison.sides import NotComparableError
from downscaling.records.files import RecordError
from downscaling.records.rows import GradedAnswer, Parse, Question


def test_scores_made_anew_are_those_of_the_study(
    several: Path, shelf: Path, tmp_path: Path
) -> None:
    """Catches a reference from which a score, an interval or a fact recall cannot be had again."""
    rescore(shelf / studies.PRESET, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(TABLES)
    for name in TABLES:
        again = (tmp_path / "out" / name).read_bytes()
        assert again == (several / "scores" / name).read_bytes(), name


def test_a_reference_is_the_same_each_time(
    several: Path, default: Path, shelf: Path, tmp_path: Path
) -> None:
    """Catches a time, a path or an order of chance in committed files."""
    make_reference(tmp_path / "again", default, [several])
    for name in (*FILES, REFERENCE):
        again = (tmp_path / "again" / name).read_bytes()
        assert again == (shelf / studies.PRESET / name).read_bytes(), name


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused(copied_shelf: Path, default: Path, name: str) -> None:
    """Catches a verdict that rests on a file that was cut, edited or merged wrongly."""
    file = copied_shelf / studies.PRESET / name
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    with pytest.raises(RecordError, match=f"{name}: not the file") as told:
        compare(default, None, copied_shelf)
    assert "\n" not in str(told.value)
    file.unlink()
    with pytest.raises(RecordError, match=f"{name}: no such file"):
        compare(default, None, copied_shelf)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"preset": 1}'])
def test_a_damaged_description_is_refused(copied_shelf: Path, default: Path, content: str) -> None:
    """Catches a traceback for a description that was cut or merged wrongly."""
    (copied_shelf / studies.PRESET / REFERENCE).write_text(content)
    with pytest.raises(RecordError, match="not what describes a reference") as told:
        compare(default, None, copied_shelf)
    assert "\n" not in str(told.value)


def test_an_unfinished_study_makes_no_reference(
    copy: Path, default: Path, several: Path, tmp_path: Path
) -> None:
    """Catches a reference of half a run, and one that is left half written."""
    (copy / "provenance/crate.json").unlink()
    with pytest.raises(RecordError, match="no such file"):
        make_reference(tmp_path / "out", copy, [several])
    shutil.copytree(several, tmp_path / "several")
    (tmp_path / "several/scores/graded.parquet").unlink()
    with pytest.raises(NotComparableError, match="scores alone; name the results"):
        make_reference(tmp_path / "out", default, [several / "scores"])
    with pytest.raises(RecordError, match=r"unfinished: 1 of .*graded\.parquet the first"):
        make_reference(tmp_path / "out", default, [tmp_path / "several"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "several"]


def test_an_altered_study_makes_no_reference(copy: Path, several: Path, tmp_path: Path) -> None:
    """Catches digests of files that were edited after their jobs, which nobody can make again."""
    table = copy / "scores/summary.json"
    table.write_text("{}")
    with pytest.raises(RecordError, match=r"summary\.json: not what its job wrote"):
        make_reference(tmp_path / "out", copy, [several])


def test_one_seed_is_no_spread(default: Path, tmp_path: Path) -> None:
    """Catches a standard deviation of one training."""
    with pytest.raises(NotComparableError, match="seed 0 alone; allowed: two or more"):
        make_reference(tmp_path / "out", default, [default])


def test_studies_agree_on_the_recipe_and_on_common_seeds(
    make: Make, several: Path, tmp_path: Path
) -> None:
    """Catches digests of one recipe, or of one machine, beside a spread of another."""
    told = {
        r"tune/instruct-8B/seed-0: \S+model.safetensors differs": make(rates={"instruct-8B": 0.3}),
        r"two studies, for tuning.epochs is 2.0": make(epochs=2.0),
    }
    for why, other in told.items():
        with pytest.raises(NotComparableError, match=why):
            make_reference(tmp_path / "out", other, [several])


def test_seeds_of_other_code_count_where_a_common_seed_came_out_the_same(
    make: Make, shelf: Path, tmp_path: Path
) -> None:
    """Catches two recipes in one spread, and seeds that a change of the code, which changes no
    number but a file beside the weights, has trained anew."""
    default = make(code="xyz")
    with pytest.raises(NotComparableError, match=r"code or the libraries of tune/\S+ differ"):
        make_reference(tmp_path / "out", default, [make(seeds=(1, 2))])
    make_reference(tmp_path / "out", default, [shelf / studies.PRESET])
    for name in ("graded.parquet", "recalled.parquet", "spread.csv"):
        again = (tmp_path / "out" / name).read_bytes()
        assert again == (shelf / studies.PRESET / name).read_bytes(), name


def test_what_was_found_is_graded_by_today_s_rules() -> None:
    """Catches a reference that counts answers right which a run of today counts wrong."""
    box = Question("b", "families", "grounding", "", (), "where?", (), "0 0 4 4", "box")
    choice = Question("c", "in-domain", "gqa", "", (), "which?", ("a", "b"), "B", "choice")
    for question, found, option, worth in (
        (box, "0 0 4 2", -1, 0.0),  # an intersection over union of .5, which once was enough
        (box, "0 0 4 3", -1, 1.0),
        (choice, "B", 1, 1.0),
        (choice, "A", 0, 0.0),
    ):
        parses = (Parse("robust", True, found, option, 0.5), Parse("robust", False, "", -1, 0.5))
        about = ("m", "8B", "plain", "0", question.benchmark, question.id)
        graded = regraded(GradedAnswer(*about, 3, False, False, parses), question)
        assert [parse.worth for parse in graded.parses] == [worth, 0.0]
        assert [parse.found for parse in graded.parses] == [found, ""]


def test_seeds_of_several_studies_make_one_reference(
    make: Make, default: Path, several: Path, shelf: Path, tmp_path: Path
) -> None:
    """Catches seeds that can be added only by training all of them anew, an order of rows that
    tells from which study they came, and a need to overwrite the default run's folder."""
    some, rest = make(seeds=(1, 2), preset="tiny-some"), make(seeds=(3, 4), preset="tiny-rest")
    make_reference(tmp_path / "three", default, [some])
    known = read(tmp_path / "three")
    assert (known.preset, known.seeds) == ("tiny", ["0", "1", "2"])
    make_reference(tmp_path / "five", default, [tmp_path / "three", rest])
    for name in FILES:
        again = (tmp_path / "five" / name).read_bytes()
        assert again == (shelf / studies.PRESET / name).read_bytes(), name
    with pytest.raises(NotComparableError, match="a reference; name the results"):
        make_reference(tmp_path / "out", tmp_path / "three", [rest])


def test_what_was_made_elsewhere_is_answered_once(make: Make, tmp_path: Path) -> None:
    """Catches answers of a model that nobody trained, counted again under every study's first
    seed."""
    external = {"answers": [{"perception": "theirs"}]}
    one, other = make(external=external), make(seeds=(1, 2), external=external)
    with pytest.raises(NotComparableError, match="without seed 0, under which alone"):
        make_reference(tmp_path / "out", one, [other])


def test_it_says_what_was_run(shelf: Path) -> None:
    """Catches a reference of which nobody can tell what it is the reference of."""
    values = json.loads((shelf / studies.PRESET / REFERENCE).read_text())
    assert values["seeds"] == ["0", "1", "2", "3", "4"]
    assert values["configuration"]["tuning"] == {"epochs": 1.0}
    assert values["jobs"][1]["job"] == "tune/instruct-8B/seed-0"
