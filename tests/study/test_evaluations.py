"""Which runs a study has."""

from __future__ import annotations

import pytest

from downscaling.config.errors import ConfigError
from downscaling.stages import reason
from downscaling.study.runs import Run
from planned import default_values, planned


def test_the_default_holds_the_paper_s_runs() -> None:
    """Catches a figure that quietly loses a run: the grid, thinking, gold, Table 2's rows."""
    evaluations = planned().evaluations
    runs = set(evaluations.decoupled())
    sizes = ["8B", "4B", "1.7B", "0.6B"]
    assert {Run(f"instruct-{p}", r, "plain") for p in sizes for r in sizes} <= runs
    assert {Run("instruct-8B", r, "think") for r in sizes} <= runs
    assert {Run("gold", r, mode) for r in sizes for mode in ("plain", "think")} <= runs
    for tuning in ("caption", "extract", "extract-scratch"):
        assert {
            Run(f"{tuning}-0.6B", "1.7B", "think"),
            Run(f"{tuning}-1.7B", "4B", "think"),
        } <= runs
    assert set(evaluations.end_to_end()) == {
        Run(f"instruct-{s}", "end-to-end", m) for s in sizes for m in ("image", "blind")
    }


def test_a_run_that_two_entries_ask_for_is_made_once() -> None:
    """Catches two rules that make the same file, which Snakemake refuses."""
    entry = {"perception": ["instruct-8B"], "reasoning": ["8B"], "modes": ["plain"]}
    twice = planned(runs={"decoupled": [entry, entry | {"perception": ["instruct-8B", "gold"]}]})
    jobs = twice.evaluations.reasoning_jobs()
    assert [job.perceptions for job in jobs] == [("instruct-8B",), ("gold",)]


def test_gold_is_asked_of_the_benchmarks_that_have_it() -> None:
    """Catches a benchmark of one's own that can stand beside the others only without gold."""
    shapes = {"source": "examples/benchmark-tsv/shapes.toml"}
    study = planned(benchmarks={"shapes": shapes})
    assert study.evaluations.answered(Run("gold", "8B", "plain")) == ["in-domain", "out-of-domain"]
    seeing = study.evaluations.answered(Run("instruct-8B", "8B", "plain"))
    assert seeing == ["in-domain", "out-of-domain", "shapes"]
    job = next(j for j in study.evaluations.reasoning_jobs() if "gold" in j.perceptions)
    answers = reason.outputs(study, job, "0").answers
    assert {a.stem for a in answers if "gold" in str(a)} == {"in-domain", "out-of-domain"}
    alone = {"benchmarks": {"shapes": shapes, "in-domain": None, "out-of-domain": None}}
    with pytest.raises(ConfigError, match="gold is of rendered benchmarks"):
        planned(scores=default_values()["scores"] | {"spread": None}, **alone)
