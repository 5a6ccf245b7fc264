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
from downscaling.comparison.rescore import TABLES, rescore
from downscaling.comparison.sides import NotComparableError
from downscaling.records.files import RecordError


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
    make_reference(several, default, tmp_path / "again")
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
        make_reference(several, copy, tmp_path / "out")
    shutil.copytree(several, tmp_path / "several")
    (tmp_path / "several/scores/graded.parquet").unlink()
    with pytest.raises(RecordError, match=r"graded\.parquet: missing"):
        make_reference(tmp_path / "several", default, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "several"]


def test_an_altered_study_makes_no_reference(copy: Path, several: Path, tmp_path: Path) -> None:
    """Catches digests of files that were edited after their jobs, which nobody can make again."""
    table = copy / "scores/summary.json"
    table.write_text("{}")
    with pytest.raises(RecordError, match=r"summary\.json: not what its job wrote"):
        make_reference(several, copy, tmp_path / "out")


def test_one_seed_is_no_spread(make: Make, default: Path, several: Path, tmp_path: Path) -> None:
    """Catches a standard deviation of one training, and a default run of another seed."""
    for many, one in ((default, default), (several, make(seeds=(7,)))):
        with pytest.raises(NotComparableError, match="allowed: two or more"):
            make_reference(many, one, tmp_path / "out")


def test_both_studies_are_of_one_code(make: Make, several: Path, tmp_path: Path) -> None:
    """Catches digests of one recipe beside a spread of another."""
    told = {
        r"(perceive|reason|evaluate)/\S+: answered otherwise": make(rates={"instruct-8B": 0.3}),
        r"tune/\S+/seed-0: its code differs \(abc, xyz\)": make(code="xyz"),
    }
    for why, other in told.items():
        with pytest.raises(NotComparableError, match=why):
            make_reference(several, other, tmp_path / "out")


def test_the_study_with_several_seeds_may_have_its_own_preset(
    make: Make, default: Path, tmp_path: Path
) -> None:
    """Catches a need to overwrite the default run's folder to train more seeds."""
    five = make(seeds=(0, 1, 2), preset="tiny-five")
    make_reference(five, default, tmp_path / "reference")
    known = read(tmp_path / "reference")
    assert (known.preset, known.seeds) == ("tiny", ["0", "1", "2"])
    rescore(tmp_path / "reference", tmp_path / "out")
    again = (tmp_path / "out/scores.csv").read_bytes()
    assert again == (five / "scores/scores.csv").read_bytes()


def test_it_says_what_was_run(shelf: Path) -> None:
    """Catches a reference of which nobody can tell what it is the reference of."""
    values = json.loads((shelf / studies.PRESET / REFERENCE).read_text())
    assert values["seeds"] == ["0", "1", "2", "3", "4"]
    assert values["configuration"]["tuning"] == {"epochs": 1.0}
    assert values["jobs"][1]["job"] == "tune/instruct-8B/seed-0"
