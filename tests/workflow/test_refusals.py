"""What a user sees who runs Snakemake with a wrong configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import changed, snakemake


@pytest.mark.parametrize(
    ("groups", "answer"),
    [
        (
            {"tunings": {"single": {"batch_sise": 8}}},
            "config: tunings.single.batch_sise: unknown key; allowed: epochs, max_steps, ",
        ),
        ({"threads": "two"}, "config: threads: given 'two'; allowed: a whole number"),
        (
            {"tunings": {"extract": {"sizes": ["9B"]}}},
            "config: tunings.extract.sizes: given 9B; allowed: the sizes of caption, 1.7B, 0.6B",
        ),
        (
            {"runs": {"end_to_end": {"models": ["caption-4B"]}}},
            "config: runs.end_to_end.models: given caption-4B; allowed: connector-4B, ",
        ),
        (
            {"scores": {"spread": "nowhere.csv"}},
            "config: scores.spread: given nowhere.csv, which is no file; allowed: the spread.csv ",
        ),
        (
            {"scores": {"spread": "pyproject.toml"}},
            "config: scores.spread: ",
        ),
        (
            {"backbones": {"sizes": ["32B", "4B", "1.7B", "0.6B"]}},
            "config: backbones.sizes: backbones/32B does not exist; allowed: what is shipped ",
        ),
    ],
)
def test_one_line_and_no_job(groups: dict[str, object], answer: str, tmp_path: Path) -> None:
    """Catches a traceback, an answer lost in Snakemake's own words, and a job that starts first."""
    run = snakemake(tmp_path, "--cores", "1", *changed(tmp_path, **groups))
    assert run.code == 1
    *before, told = run.text.splitlines()
    assert told.startswith(answer)
    assert all(line.startswith(("Using workflow", "Config file")) for line in before)
    assert not (tmp_path / "results").exists()


def test_a_preset_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Catches a misspelt preset that quietly becomes the miniature."""
    run = snakemake(tmp_path, "--dry-run", "--configfile", "presets/smok.yaml")
    assert run.code != 0
    assert "smok.yaml" in run.text
