"""Comparisons: which there are, of which runs, under which names."""

from __future__ import annotations

import itertools

import pytest

from downscaling.config.roles import Roles
from downscaling.study.comparisons import comparisons
from downscaling.study.runs import END_TO_END, Run

SIZES = ["8B", "4B", "0.6B"]
BENCHMARKS = ["in-domain", "out-of-domain"]
ROLES = {
    "baseline": "instruct",
    "caption": "caption",
    "extraction": "extract",
    "extraction-scratch": "extract-scratch",
    "gemma": {"large": "gemma3-12b", "small": "gemma3-4b"},
    "llava-onevision": {"large": "llava-7b", "small": "llava-0.5b"},
    "qwen2": {"large": "qwen2-7b", "small": "qwen2-0.5b"},
}
READERS = {
    "gemma3": ("gemma3-12b-reasoner", "gemma3-4b-reasoner", "8B"),
    "llava": (*SIZES, "qwen2-7b", "qwen2-0.5b"),
}
"""The reasoning modules of other groups' perception modules."""


def runs(names: dict[str, str] | None = None) -> set[Run]:
    """A study's runs, with tunings of other names where some are given."""
    names = names or {}
    tunings = [names.get(name, name) for name in ("caption", "extract", "extract-scratch")]
    baseline = [f"{names.get('instruct', 'instruct')}-{size}" for size in SIZES]
    pairs = itertools.product(("8B", "4B"), ("4B", "0.6B"), tunings)
    others = [
        *itertools.product(("gemma3-12b", "gemma3-4b"), READERS["gemma3"]),
        *itertools.product(("llava-7b", "llava-0.5b"), READERS["llava"]),
    ]
    return {
        *(Run(model, END_TO_END, mode) for model in baseline for mode in ("image", "blind")),
        *(Run(model, size, "plain") for model in baseline for size in SIZES),
        *(Run(baseline[0], size, "think") for size in SIZES),
        *(
            Run(f"{tuning}-{size}", reasoner, mode)
            for reasoner, size, tuning in pairs
            for mode in ("plain", "think")
        ),
        *(Run(module, reasoner, "plain") for module, reasoner in others),
    }


def test_names_are_the_paper_s_words_whatever_tunings_are_called() -> None:
    """Catches a comparison that no figure finds, or that is gone, once a tuning is renamed."""
    renamed = {"instruct": "base", "caption": "instruct", "extract": "seen"}
    bound = {
        role: renamed.get(player, player) if isinstance(player, str) else player
        for role, player in ROLES.items()
    }
    usual = comparisons(SIZES, runs(), BENCHMARKS, Roles.model_validate(ROLES))
    other = comparisons(SIZES, runs(renamed), BENCHMARKS, Roles.model_validate(bound))
    names = [comparison.name for comparison in usual]
    assert names == [comparison.name for comparison in other]
    assert len(names) == len(set(names))
    assert {
        *("visual reliance 8B", "end-to-end 8B->4B", "perception 8B->0.6B", "reasoning 8B->0.6B"),
        *("thinking 8B", "thinking *", "captioning 4B", "extract vs caption 0.6B"),
        *("extract+think vs caption+think 0.6B", "extract+think vs end-to-end 0.6B"),
        *("from scratch 0.6B vs end-to-end 4B", "extract+think vs from scratch 4B"),
        "perception gemma3-12b->gemma3-4b",
        "perception gemma3-12b->gemma3-4b, own reasoners",
        "perception llava-7b->llava-0.5b, 8B to 0.6B",
        "reasoning qwen2-7b->qwen2-0.5b, llava-7b and llava-0.5b",
    } <= set(names)


def test_both_sides_pair_runs_that_differ_in_what_is_compared() -> None:
    """Catches a module of the other side, and sides that answer for different reasoners."""
    found = {
        comparison.name: comparison
        for comparison in comparisons(SIZES, runs(), BENCHMARKS, Roles.model_validate(ROLES))
    }
    reasoning = found["reasoning 8B->4B"]
    assert reasoning.left == [[f"instruct-{size}", "8B", "plain"] for size in SIZES]
    assert reasoning.right == [[f"instruct-{size}", "4B", "plain"] for size in SIZES]
    scratch = found["from scratch 0.6B vs end-to-end 4B"]
    assert scratch.left == [["extract-scratch-0.6B", "4B", "think"]]
    assert scratch.right == [["instruct-4B", "end-to-end", "image"]]
    assert found["end-to-end 8B->4B"].benchmarks == ["families"]
    others = found["perception gemma3-12b->gemma3-4b"]
    assert {reasoner for _, reasoner, _ in others.left} == {*READERS["gemma3"][:2]}


def test_a_comparison_is_over_the_pairs_that_exist() -> None:
    """Catches a difference to a run that was never made."""
    grid = {Run(f"instruct-{size}", "8B", "plain") for size in ("8B", "4B")}
    (only,) = comparisons(SIZES, grid, BENCHMARKS, Roles(baseline="instruct"))
    assert only.name == "perception 8B->4B"
    assert only.left == [["instruct-8B", "8B", "plain"]]


@pytest.mark.parametrize(
    ("role", "gone", "left"),
    [
        ("baseline", "captioning 4B", "extract vs caption 4B"),
        ("caption", "extract vs caption 4B", "extract+think vs from scratch 4B"),
        ("gemma", "perception gemma3-12b->gemma3-4b", "thinking *"),
        ("qwen2", "reasoning qwen2-7b->qwen2-0.5b, llava-7b and llava-0.5b", "thinking *"),
    ],
)
def test_a_role_that_nothing_plays_takes_its_comparisons_alone(
    role: str, gone: str, left: str
) -> None:
    """Catches a study that fails, or loses other comparisons, for want of a role."""
    roles = Roles.model_validate({**ROLES, role: None})
    names = {comparison.name for comparison in comparisons(SIZES, runs(), BENCHMARKS, roles)}
    assert gone not in names
    assert left in names
