"""Whose spread between trainings a study borrows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from downscaling.config.errors import ConfigError
from downscaling.study.study import Study
from planned import default_values, planned

HEADER = (
    "comparison,perception,reasoning,mode,benchmark,category,metric,parser,seeds,mean,sd,chance_sd"
)


@pytest.fixture
def named(tmp_path: Path) -> str:
    """The spread of a reference of the default study."""
    spread = tmp_path / "spread.csv"
    spread.write_text(HEADER + "\n")
    values = planned().configuration.values()
    (tmp_path / "reference.json").write_text(json.dumps({"configuration": values}))
    return str(spread)


def study(named: str, **changes: Any) -> Study:
    """The default study with that spread, and with changes."""
    return planned(scores={"spread": named}, **changes)


def test_a_reference_of_the_recipe_is_used(named: str) -> None:
    """Catches a reference that nobody may use: seeds, jobs, runs, and benchmarks of one's own do
    not change what a training gives."""
    pair = {"perception": ["gold"], "reasoning": ["8B"], "modes": ["plain"]}
    runs = {"end_to_end": {"models": ["instruct-8B"], "blind": []}, "decoupled": [pair]}
    near = {"near": {"source": "vmcbench", "categories": ["gqa"]}}
    for changes in (
        {},
        {"seeds": [4]},
        {"numerics": "native"},
        {"runs": runs},
        {"benchmarks": near},
    ):
        ours = study(named, **changes)
        assert ours.spread_file() == Path(named)
        assert not any("spread" in line for line in ours.left_out())


def test_a_reference_of_another_recipe_is_left_out(named: str) -> None:
    """Catches an interval that is made of another recipe's spread without a word."""
    tunings = default_values()["tunings"]
    tunings["single"] |= {"epochs": 2.0}
    ours = study(named, tunings=tunings)
    assert ours.spread_file() is None
    assert ours.left_out() == [
        f"scores.spread: left out, {named} is of another recipe: "
        "tunings.single.epochs is 2.0 here and 8.0 there"
    ]
    fewer = {"in-domain": {"source": "vmcbench", "categories": ["gqa"]}}
    assert study(named, benchmarks=fewer).spread_file() is None


def test_a_spread_alone_is_taken_as_it_is(named: str) -> None:
    """Catches a table of one's own that cannot be used for want of a whole reference."""
    (Path(named).parent / "reference.json").unlink()
    assert study(named, seeds=[3]).spread_file() == Path(named)


def test_a_damaged_reference_is_named(named: str) -> None:
    """Catches a traceback, and a reference of which nobody knows what it is of."""
    for damaged in ("{", "{}", "[]"):
        (Path(named).parent / "reference.json").write_text(damaged)
        with pytest.raises(ConfigError, match=r"scores.spread: .*reference.json is damaged"):
            study(named)
