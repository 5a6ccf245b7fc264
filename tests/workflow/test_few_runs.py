"""Studies of a few runs, for real: a benchmark of one's own, gold alone, end to end alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from running import HOME, preset, snakemake

pytestmark = pytest.mark.slow

NOBODY: dict[str, Any] = {"models": [], "blind": []}


def accuracies(results: Path) -> set[tuple[str, str]]:
    """The runs and benchmarks of the averages."""
    with (results / "scores/scores.csv").open(newline="") as stream:
        return {
            (f"{row['perception']}/{row['reasoning']}/{row['mode']}", row["benchmark"])
            for row in csv.DictReader(stream)
            if (row["category"], row["metric"], row["parser"]) == ("average", "accuracy", "robust")
        }


def test_a_benchmark_of_one_s_own_is_answered_by_models_that_are_there(
    smoke: Path, tmp_path: Path
) -> None:
    """Catches a study without families, figures and gold that its last jobs cannot tell of, and a
    report that hides its numbers and calls checks failed that nobody made."""
    models = smoke / "results/smoke/models"
    folders = {"baseline": models / "instruct-4B/seed-0", "extract": models / "extract-0.6B/seed-0"}
    named = {name: {"model": str(folder)} for name, folder in folders.items()}
    (tmp_path / "where.yaml").write_text(json.dumps({"external": {"models": named}}))
    overlays = [str(HOME / "examples/benchmark-tsv.yaml"), str(tmp_path / "where.yaml")]
    run = snakemake(tmp_path, "--cores", "2", "--configfile", *overlays)
    assert run.code == 0, run.text[-4000:]
    results = tmp_path / "results/own-benchmark"
    runs = [f"{p}/4B/{mode}" for p in ("baseline", "extract") for mode in ("plain", "think")]
    runs += [f"baseline/end-to-end/{mode}" for mode in ("image", "blind")]
    assert accuracies(results) == {(one, "shapes") for one in runs}
    page = (results / "report.html").read_text()
    for shown in ("baseline → 4B, think", "baseline, blind"):
        assert f'<th scope="row">{shown}</th>' in page
    assert "All 2 checks hold." in page
    assert '<table id="table-2' not in page
    assert not (results / "figures").exists()


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        (
            {
                "end_to_end": NOBODY,
                "decoupled": [{"perception": ["gold"], "reasoning": ["0.6B"], "modes": ["plain"]}],
            },
            {("gold/0.6B/plain", name) for name in ("in-domain", "out-of-domain")},
        ),
        (
            {"end_to_end": {"models": [], "blind": ["mine"]}, "decoupled": []},
            {
                ("mine/end-to-end/blind", name)
                for name in ("families", "in-domain", "out-of-domain", "shapes")
            },
        ),
    ],
    ids=["gold alone", "blind alone"],
)
def test_one_run_is_a_study(
    runs: dict[str, Any], found: set[tuple[str, str]], smoke: Path, tmp_path: Path
) -> None:
    """Catches a job that takes another kind of run for granted, and a benchmark without gold that
    costs a study its gold."""
    model = smoke / "results/smoke/models/instruct-0.6B/seed-0"
    values = {
        "preset": "one-run",
        "benchmarks": {"shapes": {"source": str(HOME / "examples/benchmark-tsv/shapes.toml")}},
        "external": {"models": {"mine": {"model": str(model)}}},
        "runs": runs,
    }
    (tmp_path / "one.yaml").write_text(json.dumps(values))
    run = snakemake(tmp_path, "--cores", "2", *preset("smoke"), str(tmp_path / "one.yaml"))
    assert run.code == 0, run.text[-4000:]
    assert accuracies(tmp_path / "results/one-run") == found
    assert (tmp_path / "results/one-run/report.html").is_file()
