"""The verbs `compare`, `reference` and `rescore`, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import studies
from conftest import Make
from downscaling.cli import app


@pytest.fixture
def clone(tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the reference, in which the command is run."""
    (tmp_path / "reference").symlink_to(shelf)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.usefixtures("clone")
def test_the_exit_status_tells_the_answer(make: Make, default: Path, tmp_path: Path) -> None:
    """Catches a script that goes on after a study that was not reproduced, and one that stops
    after one that was."""
    told = call("compare", default, "--brief")
    assert (told.exit_code, told.output.count("\n")) == (0, 1)
    assert call("compare", make(seeds=(7,)), "--brief").exit_code == 0
    fallen = make(rates={"instruct-8B": 0.05})
    told = call("compare", fallen, "--brief")
    assert (told.exit_code, told.output.count("\n")) == (1, 1)
    told = call("compare", tmp_path / "none")
    assert (told.exit_code, told.output.count("\n")) == (2, 1)


def test_no_reference_is_one_line(default: Path, clone: Path) -> None:
    """Catches a `make study` that ends in a traceback for a preset without a reference."""
    (clone / "reference").unlink()
    told = call("compare", default, "--brief")
    assert told.exit_code == 2
    assert told.output.startswith("downscaling: no reference for the preset tiny")
    assert told.output.count("\n") == 1


@pytest.mark.usefixtures("clone")
def test_every_average_is_shown(make: Make, default: Path) -> None:
    """Catches an average that is counted and not shown, and JSON that programs cannot read."""
    other = make(seeds=(7,))
    lines = call("compare", other).output.splitlines()
    assert sum("plain in-domain" in line for line in lines[1:]) == len(studies.RUNS)
    values = json.loads(call("compare", other, "--json").output)
    assert values["answer"] == "within the spread"
    assert len(values["rows"]) == values["averages"] == len(studies.RUNS)


def test_a_reference_is_made_and_scored_anew(several: Path, default: Path, tmp_path: Path) -> None:
    """Catches verbs that do not reach what they name."""
    assert call("reference", tmp_path / "reference", default, several).exit_code == 0
    assert call("rescore", tmp_path / "reference", tmp_path / "out").exit_code == 0
    again = (tmp_path / "out/scores.csv").read_bytes()
    assert again == (several / "scores/scores.csv").read_bytes()
    assert call("reference", tmp_path / "reference", default, default).exit_code == 1
