"""What stages are told: all that decides their results, and no more."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import pytest

from downscaling import stages
from downscaling.config.block import as_json
from downscaling.stages import prepare, reason, statements, teaching, tune
from downscaling.stages.stage import StageSettings
from downscaling.study.study import Study
from planned import default_values, planned, published

STAGES = [
    importlib.import_module(f"downscaling.stages.{module.name}")
    for module in pkgutil.iter_modules(stages.__path__)
]
STAGES = [stage for stage in STAGES if hasattr(stage, "run")]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__.rpartition(".")[2])
def test_a_stage_has_what_every_stage_has(stage: Any) -> None:
    """Catches a stage that a rule cannot declare, and one whose data classes hold code: the digest
    of a stage's code leaves them out."""
    assert issubclass(stage.Settings, StageSettings)
    for name in ("settings", "inputs", "outputs", "run"):
        assert callable(getattr(stage, name))
    for kind in (stage.Inputs, stage.Outputs):
        own = [value for name, value in vars(kind).items() if not name.startswith("__")]
        assert not [value for value in own if callable(value)]


def test_a_tuning_says_anew_only_what_differs() -> None:
    """Catches shared settings that beat a tuning's own, or are lost beside them."""
    connector, single = (
        tune.settings(planned(), n, "8B", "0").tuning for n in ("connector", "single")
    )
    assert connector.optimizer == "adamw"
    assert single.optimizer == "muon"
    assert connector.batch_size == single.batch_size
    assert connector.learning_rate.language_model == 0


def test_a_size_has_its_own_layout() -> None:
    """Catches a layout of one size that reruns, or shapes, the tunings of another."""
    layouts = {"8B": {"device_batch_size": 1, "gradient_checkpointing": True}}
    spread = planned(tuning=default_values()["tuning"] | {"layouts": layouts})
    assert tune.settings(spread, "single", "8B", "0").tuning.layout.gradient_checkpointing
    assert tune.settings(spread, "single", "4B", "0") == tune.settings(
        planned(), "single", "4B", "0"
    )


def test_a_share_and_threads_decide_a_tuning() -> None:
    """Catches a changed share of a training set, or another count of threads, that retrains
    nothing: neither stood in what a tuning was told."""
    values = default_values()["tunings"]
    sets = values["instruct"]["sets"] | {"gqa": 0.5}
    halved = planned(tunings=values | {"instruct": values["instruct"] | {"sets": sets}})
    told = as_json(tune.settings(planned(), "instruct", "8B", "0"))
    assert as_json(tune.settings(halved, "instruct", "8B", "0")) != told
    assert as_json(tune.settings(planned(threads=2), "instruct", "8B", "0")) != told


@pytest.mark.parametrize("mode", ["plain", "think"])
def test_a_stage_reads_back_what_it_was_told(mode: str) -> None:
    """Catches a value that JSON does not carry, and an order of keys that changes by itself."""
    jobs = {job.mode: job for job in planned().evaluations.reasoning_jobs()}
    settings = reason.settings(planned(), jobs[mode], "3")
    text = as_json(settings)
    assert reason.Settings.model_validate_json(text) == settings
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_only_thinking_suppresses_words() -> None:
    """Catches plain answers that rerun, or change, because the list of words did."""
    jobs = {job.mode: job for job in planned().evaluations.reasoning_jobs()}
    assert reason.settings(planned(), jobs["plain"], "0").suppress == []
    assert "wait" in reason.settings(planned(), jobs["think"], "0").suppress


def test_what_was_rendered_is_taken_whole() -> None:
    """Catches rows of the miniature that are drawn a second time, and published sets of which no
    rows are drawn."""
    study = published()
    families = {one.name: one.most for one in prepare.settings(study, "interleave-bench").families}
    assert families["puzzle"] == study.configuration.data.test
    assert {s.name: s.most for s in prepare.settings(study, "m4").training}["puzzle"] == 35_000
    rendered = prepare.settings(planned(), "m4")
    assert {s.most for s in [*rendered.training, *rendered.families]} == {None}


def test_a_server_that_moves_makes_nothing_anew() -> None:
    """Catches finished descriptions that are made again because the server has a new address, and
    jobs that do not learn of it."""

    def at(host: str) -> Study:
        server = {"base_url": f"http://{host}/v1", "key_variable": None, "retries": 8}
        asking = {"model": "m", "images": "aspect", "side": 512}
        caps = {"statement_tokens": 1024, "description_tokens": 2048}
        engine = {"engine": "openai", "concurrency": 64, "timeout": 600.0}
        return planned(prompts="own", teacher=engine | server | asking | caps)

    here, there = (statements.settings(at(host), "1-of-1") for host in ("here", "there"))
    assert as_json(here) == as_json(there)
    assert json.loads(teaching.engine(at("there")))["base_url"] == "http://there/v1"


def test_records_of_a_dropped_size_or_seed_are_not_asked_for() -> None:
    """Catches a left-over record that wins over the right one in Table 2 and the audit: of a size
    that the configuration dropped, or of a seed."""
    values = default_values()["tunings"]
    fewer = planned(
        tunings=values
        | {
            "caption": values["caption"] | {"sizes": ["8B", "4B", "0.6B"]},
            "extract": values["extract"] | {"sizes": ["0.6B"]},
        },
        runs={
            "decoupled": [{"perception": ["caption-0.6B"], "reasoning": ["8B"], "modes": ["plain"]}]
        },
        seeds=[1],
    )
    records = [str(path) for path in tune.records(fewer)]
    assert Path("results/miniature/provenance/tune/caption-0.6B/seed-1.json") in map(Path, records)
    assert not [path for path in records if "caption-1.7B" in path or "seed-0" in path]
