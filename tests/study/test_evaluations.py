"""Which runs a study has."""

from __future__ import annotations

from downscaling.study.runs import Run
from planned import planned


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
