"""Models, descriptions and answers from elsewhere, in the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from downscaling.study.plan import Study, load

from downscaling.config.errors import ConfigError
from downscaling.study.names import Run

HOME = Path(__file__).parents[2]
FILES = {"in-domain": "README.md", "out-of-domain": "README.md"}
EXTERNAL: dict[str, Any] = {
    "models": {"smolvlm": {"model": "smolvlm", "source": "hub"}},
    "reasoners": {"llama": {"model": "llama-8b", "source": "hub"}},
    "descriptions": {"prism": FILES},
    "answers": [{"perception": "prism", "reasoning": "70b", "mode": "plain", "files": FILES}],
}
PAIR = {"perception": ["smolvlm", "prism"], "reasoning": ["llama", "8B"], "modes": ["plain"]}
WHOLE = {"models": ["instruct-8B", "smolvlm"], "blind": []}


def plan(external: dict[str, Any] = EXTERNAL, **changes: Any) -> Study:
    """The default study with these models, two seeds, and runs that name them."""
    values = yaml.safe_load((HOME / "config.yaml").read_text())
    values["backbones"]["source"] = "retrained"
    runs = {"end_to_end": WHOLE, "decoupled": [PAIR]}
    return load(values | {"external": external, "seeds": [3, 5], "runs": runs} | changes, HOME)


def test_external_names_are_used_in_runs_like_our_own() -> None:
    """Catches a run that is configured and never scored, and one that is scored without answers."""
    planned = plan()
    scored = {(run.perception, run.reasoning, run.mode): run for run in planned.score().runs}
    assert ("smolvlm", "llama", "plain") in scored
    assert ("prism", "8B", "plain") in scored
    given, whole = scored["prism", "70b", "plain"], scored["smolvlm", "end-to-end", "image"]
    assert given.benchmarks == ["in-domain", "out-of-domain"]
    assert "families" in whole.benchmarks
    assert Run("smolvlm", "end-to-end", "image") in planned.end_to_end()


def test_what_does_not_depend_on_the_seed_is_made_and_counted_once() -> None:
    """Catches a greedy model's same answers counted once a seed, which narrows their intervals."""
    seeds = {(r.perception, r.reasoning): r.seeds for r in plan().score().runs}
    assert seeds["smolvlm", "end-to-end"] == seeds["prism", "70b"] == [3]
    assert seeds["instruct-8B", "end-to-end"] == seeds["smolvlm", "llama"] == [3, 5]
    assert plan().score().descriptions == {"smolvlm": [3], "prism": [3]}


def test_what_must_be_fetched_is_known() -> None:
    """Catches official prompts or weights that no rule fetches."""
    wanted = plan(prompts="official", answer_form="letter").external_sources()
    assert wanted == {
        "smolvlm": "backbones/smolvlm",
        "llama-8b": "backbones/llama-8b",
        "official": "raw/official",
    }
    models = {"smolvlm": {"model": "a", "source": "hub", "form": "b"}}
    assert plan(EXTERNAL | {"models": models}).external_sources().keys() >= {"a", "b"}
    own = plan(prompts="official", answer_form="letter")
    assert own.perceive().prompts == own.teach().prompts == "official"
    assert own.observe().prompts == own.evaluate().prompts == "own"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"models": {"instruct-8B": {"model": "x", "source": "hub"}}}, "external.models"),
        ({"models": {"smolvlm": {"model": "nowhere"}}}, "allowed: a folder with a config.json"),
        (
            {"reasoners": {"llama": {"model": "x", "source": "hub", "form": "y"}}},
            "reasoners.llama.form: given y; allowed: null",
        ),
        ({"descriptions": {"prism": {"in-domain": "README.md"}}}, "out-of-domain is missing"),
        ({"descriptions": {"prism": FILES | {"in-domain": "no.parquet"}}}, "a file that exists"),
        (
            {"answers": [EXTERNAL["answers"][0] | {"mode": "image"}]},
            "allowed: image with end-to-end",
        ),
    ],
)
def test_the_impossible_is_named(change: dict[str, Any], problem: str) -> None:
    """Catches a traceback, or a job that fails after hours, in place of one plain line."""
    with pytest.raises(ConfigError, match=problem) as said:
        plan(EXTERNAL | change)
    assert "\n" not in str(said.value)
