"""The call of Snakemake that a message gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.errors import how_to_get
from downscaling.study.command import command, makes
from downscaling.study.paths import Paths
from planned import HOME


@pytest.mark.parametrize(
    ("preset", "files"),
    [
        ("miniature", ""),
        ("smoke", "--configfile presets/smoke.yaml "),
        ("rehearsal", "--configfile presets/paper.yaml presets/rehearsal.yaml "),
    ],
)
def test_a_result_of_a_preset_that_ships_has_its_call(preset: str, files: str) -> None:
    """Catches a call without the preset's overlays, which ends in a MissingRuleException."""
    target = Paths(preset).backbone("4B")
    told = makes(target, HOME)
    assert told == f"make it with: snakemake --cores all {files}{target}"


@pytest.mark.parametrize("preset", ["mine", "../mine", "config"])
def test_of_another_preset_only_its_name_is_told(preset: str) -> None:
    """Catches a call that cannot work, given for an overlay of a user's own."""
    target = f"results/{preset}/backbones/4B"
    assert makes(target, HOME).startswith(f"make {target} with snakemake and the overlays of")


def test_a_call_can_be_copied() -> None:
    """Catches a name with a blank that a shell takes apart."""
    told = command([Path("my own.yaml")], "results/my own/x")
    assert told == "snakemake --cores all --configfile 'my own.yaml' 'results/my own/x'"


def test_only_of_a_result_snakemake_is_spoken() -> None:
    """Catches `make it with snakemake /nowhere`, said of whatever file is not there."""
    assert how_to_get(Paths("smoke").report()) == (
        "check the name, or finish the preset smoke with snakemake"
    )
    for path in ("nowhere.csv", "/nowhere", "", "results"):
        assert how_to_get(path) == "check the name"
