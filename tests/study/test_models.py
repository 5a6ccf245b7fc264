"""Which models a study has."""

from __future__ import annotations

import pytest

from downscaling.config.errors import ConfigError
from downscaling.study.load import load
from planned import HOME, default_values, planned, published


def test_features_are_not_used_once_the_tower_was_trained() -> None:
    """Catches features of the pretrained tower given to a model whose tower has moved on."""
    values = default_values()["tunings"]
    rates = {"connector": 1.0e-3, "language_model": 1.0e-3, "vision_tower": 1.0e-4}
    models = planned(tunings={"single": values["single"] | {"learning_rate": rates}}).models
    assert models.caches_features("connector")
    assert not models.caches_features("single")
    assert not models.caches_features("extract")
    assert models.caches_features("extract-scratch")


def test_a_published_study_keeps_no_features() -> None:
    """Catches 1.9 TB of features that nothing reads."""
    assert published().models.featured_sets() == []


def test_a_size_has_its_own_job() -> None:
    """Catches what one size asks for that is given to another."""
    large = {"gpu": 8, "mem_mb": 500000, "runtime": 2880}
    most = {"mem_mb": 500000, "runtime": 2880}
    jobs = default_values()["jobs"] | {"tune_by_size": {"8B": large}, "at_most": most}
    models = planned(jobs=jobs).models
    assert (models.tuning_job("8B").gpu, models.tuning_job("4B").gpu) == (8, 0)


def test_cached_features_are_of_one_view() -> None:
    """Catches tiles that are asked for and silently replaced by the cached base view."""
    with pytest.raises(ConfigError, match="cache_features: given true with images anyres"):
        planned(tuning={"images": "anyres"})


def test_what_nothing_reads_is_said() -> None:
    """Catches a tuning or a model that somebody added and no run names, without a word."""
    assert not any(line.startswith("tunings") for line in planned().left_out())
    added = {"mine": {"from": "instruct", "sizes": ["0.6B"], "sets": {"gqa": 1.0}}}
    assert "tunings: left out, no run rests on mine" in planned(tunings=added).left_out()


@pytest.mark.parametrize(
    ("targets", "line"),
    [
        (["q_proj", "v_porj"], "tunings.mine.lora.targets: given v_porj; allowed: down_proj, gate"),
        (["("], "lora.targets, entry 1: given '('"),
    ],
)
def test_a_layer_that_is_not_there_gets_no_adapter(targets: list[str], line: str) -> None:
    """Catches a mistyped layer beside a right one, which was left out without a word."""
    values = default_values()
    lora = {"rank": 4, "alpha": 8, "dropout": 0.0, "targets": targets}
    tuning = {"from": "instruct", "sizes": ["0.6B"], "sets": {"gqa": 1.0}, "lora": lora}
    tuning |= {"optimizer": "adamw", "muon_learning_rate": 0.0}
    values["tunings"]["mine"] = tuning
    with pytest.raises(ConfigError) as refused:
        load(values, HOME)
    assert line in str(refused.value)
