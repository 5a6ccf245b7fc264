"""Models, descriptions and answers from elsewhere, in the configuration."""

from __future__ import annotations

from typing import Any

import pytest

from downscaling.config.errors import ConfigError
from downscaling.study.load import load
from downscaling.study.runs import Run
from downscaling.study.study import Study
from planned import HOME, default_values

DESCRIPTIONS, ANSWERS = (
    dict.fromkeys(("in-domain", "out-of-domain"), f"tests/workflow/{kind}.parquet")
    for kind in ("descriptions", "answers")
)
ANSWERED = {"perception": "prism", "reasoning": "70b", "mode": "plain", "files": ANSWERS}
EXTERNAL: dict[str, Any] = {
    "models": {"smolvlm": {"model": "smolvlm", "source": "hub"}},
    "reasoners": {"llama": {"model": "qwen2-7b", "source": "hub"}},
    "descriptions": {"prism": DESCRIPTIONS},
    "answers": [ANSWERED],
}
PAIR = {"perception": ["smolvlm", "prism"], "reasoning": ["llama", "8B"], "modes": ["plain"]}
WHOLE = {"models": ["instruct-8B", "smolvlm"], "blind": []}


def with_external(external: dict[str, Any] = EXTERNAL, **changes: Any) -> Study:
    """The default study with these models, two seeds, and runs that name them."""
    runs = {"end_to_end": WHOLE, "decoupled": [PAIR]}
    values = default_values() | {"external": external, "seeds": [3, 5], "runs": runs} | changes
    values["backbones"]["source"] = "retrained"
    return load(values, HOME)


def test_external_names_are_used_in_runs_like_our_own() -> None:
    """Catches a run that is configured and never scored, and one that is scored without answers."""
    evaluations = with_external().evaluations
    assert {Run("smolvlm", "llama", "plain"), Run("prism", "8B", "plain")} <= {*evaluations.runs()}
    imported = Run("prism", "70b", "plain")
    assert evaluations.answered(imported) == ["in-domain", "out-of-domain"]
    assert "families" in evaluations.answered(Run("smolvlm", "end-to-end", "image"))


def test_what_does_not_depend_on_the_seed_is_made_and_counted_once() -> None:
    """Catches a greedy model's same answers counted once a seed, which narrows their intervals."""
    evaluations = with_external().evaluations
    once = [Run("smolvlm", "end-to-end", "image"), Run("prism", "70b", "plain")]
    twice = [Run("instruct-8B", "end-to-end", "image"), Run("smolvlm", "llama", "plain")]
    assert [evaluations.run_seeds(run) for run in once] == [[3], [3]]
    assert [evaluations.run_seeds(run) for run in twice] == [[3, 5], [3, 5]]
    assert evaluations.module_seeds("smolvlm") == evaluations.module_seeds("prism") == [3]


def test_what_must_be_fetched_is_known() -> None:
    """Catches official prompts or weights that no rule fetches."""
    study = with_external(prompts="official", answer_form="letter")
    assert study.downloads.of_others() == {
        "smolvlm": "results/miniature/backbones/smolvlm",
        "qwen2-7b": "results/miniature/backbones/qwen2-7b",
        "official": "results/miniature/raw/official",
    }
    forms = ["internvl2.5-1b", "internvl2.5-1b-form"]
    models = {"smolvlm": {"model": forms[0], "source": "hub", "form": forms[1]}}
    assert with_external(EXTERNAL | {"models": models}).downloads.of_others().keys() >= {*forms}
    assert study.configuration.prompts == "official"
    assert study.data.worded == "own"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"models": {"smolvlm": {"model": "coin", "source": "hub"}}},
            "given coin; allowed: extract-0.6b",
        ),
        (
            {"models": {"smolvlm": {"model": "backbones/8B"}}},
            "allowed: an image-text-to-text model",
        ),
        (
            {"reasoners": {"llama": {"model": "backbones/tower"}}},
            "allowed: a causal language model",
        ),
        (
            {"answers": [ANSWERED, ANSWERED]},
            "entry 2: given prism/70b/plain again; allowed: what no",
        ),
        ({"models": {"instruct-8B": {"model": "qwen2-7b", "source": "hub"}}}, "external.models"),
        ({"models": {"smolvlm": {"model": "nowhere"}}}, "allowed: a folder with a config.json"),
        (
            {"reasoners": {"llama": {"model": "qwen2-7b", "source": "hub", "form": "y"}}},
            "reasoners.llama.form: given y; allowed: null",
        ),
        (
            {"descriptions": {"prism": {"in-domain": DESCRIPTIONS["in-domain"]}}},
            "out-of-domain is missing",
        ),
        (
            {"descriptions": {"prism": DESCRIPTIONS | {"in-domain": "no.parquet"}}},
            "a file that exists",
        ),
        (
            {"descriptions": {"prism": DESCRIPTIONS | {"in-domain": "README.md"}}},
            r"prism.in-domain: .*README.md: not a readable parquet file",
        ),
        (
            {"answers": [EXTERNAL["answers"][0] | {"files": DESCRIPTIONS}]},
            r"descriptions.parquet: lacks or repeats the columns thinking, forced; those of Answer",
        ),
        (
            {"answers": [EXTERNAL["answers"][0] | {"mode": "image"}]},
            "allowed: image with end-to-end",
        ),
    ],
)
def test_the_impossible_is_named(change: dict[str, Any], problem: str) -> None:
    """Catches a traceback, or a job that fails after hours, in place of one plain line."""
    with pytest.raises(ConfigError, match=problem) as said:
        with_external(EXTERNAL | change)
    assert "\n" not in str(said.value)
