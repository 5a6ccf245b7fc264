"""Results that a run is about to replace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from downscaling.study.load import load
from downscaling.study.replaced import replaced
from downscaling.study.study import Study
from planned import HOME, default_values


def study(**changes: Any) -> Study:
    """The default study, changed."""
    return load(default_values() | changes, HOME)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration in the default study's folder."""
    monkeypatch.chdir(tmp_path)
    file = Path(study().paths.workflow("configuration.json"))
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(study().configuration.values()))
    return file


def line(**changes: Any) -> str:
    """What is told before a run."""
    other = study(**changes)
    return replaced(other.configuration, other.paths)


@pytest.mark.usefixtures("written")
def test_results_of_another_configuration_are_told_of() -> None:
    """Catches an overlay without a preset of its own that takes the default run's results, which
    are in git, without a word."""
    assert line() == ""
    assert line(seeds=[0, 1]) == (
        "results/miniature: holds results of another configuration (seeds), which this run "
        "replaces; to keep both, give this one a preset of its own"
    )
    many = {"seeds": [5], "answer_form": "letter", "numerics": "native", "precision": "bfloat16"}
    assert ", ...)" in line(**many)


@pytest.mark.usefixtures("written")
def test_how_a_study_is_run_replaces_nothing() -> None:
    """Catches a line about more threads."""
    assert line(threads=2) == ""
    assert line(preset="mine", seeds=[0, 1]) == ""


@pytest.mark.parametrize("content", ["", "[]", '{"seeds": 3}', "\x00"])
def test_a_damaged_file_stops_nothing(content: str, written: Path) -> None:
    """Catches a run that cannot begin, and so cannot make the file anew."""
    written.write_text(content)
    replaced(study().configuration, study().paths)
