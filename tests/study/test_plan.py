"""Which runs the study holds, and what it hands to the verbs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from downscaling.study.plan import Study, environment, load
from downscaling.study.settings import Reason, Teach, Tuning, as_json

from downscaling.config.errors import ConfigError
from downscaling.config.teacher import ENGINE, Server
from downscaling.figures.drawing import FIGURES as FIGURES_FIGURES
from downscaling.planning.presets import read
from downscaling.study.names import FIGURES, Run

HOME = Path(__file__).parents[2]


def plan(**changes: Any) -> Study:
    """The default study with some groups of keys changed; its backbones are not looked at."""
    values = yaml.safe_load((HOME / "config.yaml").read_text())
    values["backbones"]["source"] = "retrained"
    for key, change in changes.items():
        values[key] = values[key] | change if isinstance(change, dict) else change
    return load(values, HOME)


def test_the_default_holds_the_paper_s_runs() -> None:
    """Catches a figure that quietly loses a run: the grid, thinking, gold, Table 2's rows."""
    runs = set(plan().pairs())
    sizes = ["8B", "4B", "1.7B", "0.6B"]
    assert {Run(f"instruct-{p}", r, "plain") for p in sizes for r in sizes} <= runs
    assert {Run("instruct-8B", r, "think") for r in sizes} <= runs
    assert {Run("gold", r, mode) for r in sizes for mode in ("plain", "think")} <= runs
    for tuning in ("caption", "extract", "extract-scratch"):
        assert {
            Run(f"{tuning}-0.6B", "1.7B", "think"),
            Run(f"{tuning}-1.7B", "4B", "think"),
        } <= runs
    whole = set(plan().end_to_end())
    assert {
        Run(f"instruct-{s}", "end-to-end", m) for s in sizes for m in ("image", "blind")
    } == whole


def test_a_run_that_two_entries_ask_for_is_made_once() -> None:
    """Catches two rules that make the same file, which Snakemake refuses."""
    entry = {"perception": ["instruct-8B"], "reasoning": ["8B"], "modes": ["plain"]}
    twice = plan(runs={"decoupled": [entry, entry | {"perception": ["instruct-8B", "gold"]}]})
    assert [job.perceptions for job in twice.reasoning_jobs()] == [("instruct-8B",), ("gold",)]


def test_a_tuning_says_anew_only_what_differs() -> None:
    """Catches shared settings that beat a tuning's own, or are lost beside them."""
    connector, single = (plan().tune(name, "8B", 0) for name in ("connector", "single"))
    assert connector.optimizer == "adamw"
    assert single.optimizer == "muon"
    assert connector.batch_size == single.batch_size
    assert connector.learning_rate.language_model == 0


def test_a_size_has_its_own_layout_and_job() -> None:
    """Catches a layout of one size that reruns, or shapes, the tunings of another."""
    large = {"gpu": 8, "mem_mb": 500000, "runtime": 2880}
    tuning = yaml.safe_load((HOME / "config.yaml").read_text())["tuning"]
    layouts = {"8B": {"device_batch_size": 1, "gradient_checkpointing": True}}
    jobs = yaml.safe_load((HOME / "config.yaml").read_text())["jobs"]
    spread = plan(tuning=tuning | {"layouts": layouts}, jobs=jobs | {"tune_by_size": {"8B": large}})
    assert spread.tune("single", "8B", 0).layout.gradient_checkpointing
    assert spread.tune("single", "4B", 0) == plan().tune("single", "4B", 0)
    assert (spread.tuning_job("8B").gpu, spread.tuning_job("4B").gpu) == (8, 0)


def test_features_are_not_used_once_the_tower_was_trained() -> None:
    """Catches features of the pretrained tower given to a model whose tower has moved on."""
    values = yaml.safe_load((HOME / "config.yaml").read_text())["tunings"]
    rates = {"connector": 1.0e-3, "language_model": 1.0e-3, "vision_tower": 1.0e-4}
    moved = plan(tunings={"single": values["single"] | {"learning_rate": rates}})
    assert moved.caches_features("connector")
    assert not moved.caches_features("single")
    assert not moved.caches_features("extract")
    assert moved.caches_features("extract-scratch")


def test_a_benchmark_is_added_by_configuration_alone() -> None:
    """Catches a second place that must know the benchmarks."""
    added = {"near": {"source": "vmcbench", "categories": ["gqa"]}}
    longer = plan(benchmarks=added)
    assert longer.prepare("vmcbench").benchmarks["near"] == ["gqa"]
    assert longer.score().facts["near"] == "truth/in-domain/facts.parquet"
    assert "near" in longer.tested_on("vmcbench")


def test_a_comparison_needs_both_of_its_runs() -> None:
    """Catches a difference to a run that was never made, and a claim about two runs over the same
    questions that is judged as if these were different ones."""
    names = [comparison.name for comparison in plan().comparisons()]
    assert {"perception 8B->0.6B", "thinking *", "extract vs caption 0.6B"} <= {*names}
    assert {"from scratch 0.6B vs end-to-end 1.7B", "extract+think vs from scratch 1.7B"} <= {
        *names
    }
    assert len(names) == len(set(names))
    grid = {"perception": ["instruct-8B", "instruct-4B"], "reasoning": ["8B"], "modes": ["plain"]}
    fewer = plan(runs={"decoupled": [grid]}).comparisons()
    assert [c.left for c in fewer if c.name == "perception 8B->4B"] == [
        [["instruct-8B", "8B", "plain"]]
    ]
    assert not [c for c in fewer if c.name.startswith(("thinking", "reasoning", "extract"))]


@pytest.mark.parametrize("mode", ["plain", "think"])
def test_a_verb_reads_back_what_it_was_handed(mode: Any) -> None:
    """Catches a value that JSON does not carry, and an order of keys that changes by itself."""
    handed = plan().reason(mode, 3)
    text = as_json(handed)
    assert Reason.model_validate_json(text) == handed
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert Tuning.model_validate_json(as_json(plan().tune("instruct", "8B", 0))).seed == 0


def test_only_thinking_suppresses_words() -> None:
    """Catches plain answers that rerun, or change, because the list of words did."""
    assert plan().reason("plain", 0).suppress == []
    assert "wait" in plan().reason("think", 0).suppress


def test_a_server_that_moves_makes_nothing_anew() -> None:
    """Catches finished descriptions that are made again because the server has a new address, and
    jobs that do not learn of it."""

    def at(host: str, shards: int) -> Study:
        server = {"base_url": f"http://{host}/v1", "key_variable": None, "retries": 8}
        asking = {"model": "m", "images": "aspect", "side": 512}
        caps = {"statement_tokens": 1024, "description_tokens": 2048}
        how = {"engine": "openai", "concurrency": 64, "timeout": 600.0, "shards": shards}
        return plan(prompts="own", teacher=how | server | asking | caps)

    here, there = at("here", 1), at("there", 3)
    assert as_json(here.teach()) == as_json(there.teach())
    assert Teach.model_validate_json(as_json(here.teach())) == here.teach()
    told = environment(there, HOME / "src", {})[ENGINE]
    assert Server.model_validate_json(told).base_url == "http://there/v1"
    assert there.shards() == ["1-of-3", "2-of-3", "3-of-3"]


def test_the_figures_drawn_are_the_figures_that_there_are() -> None:
    """Catches a figure that is written but never drawn, or drawn but not written."""
    assert sorted(FIGURES) == sorted(FIGURES_FIGURES)
    of_others = {"figure-a3", "figure-a4"}
    assert plan().figures() == [name for name in FIGURES if name not in of_others]
    assert published().figures() == list(FIGURES)


def test_jobs_of_two_clones_differ_only_in_their_paths() -> None:
    """Catches a result that depends on where the clone lies or on the caller's environment."""
    here = environment(plan(), HOME / "src", {"OMP_NUM_THREADS": "8", "PATH": "/bin"})
    there = environment(plan(), Path("/elsewhere"), {})
    differing = {key for key in here if here[key] != there[key]}
    assert differing == {"PATH", "PYTHONPATH", "DOWNSCALING_LOCK"}
    assert here["OMP_NUM_THREADS"] == "1"


def published(**changes: Any) -> Study:
    """The published study with some groups of keys changed."""
    planned = read(HOME / "config.yaml", [HOME / "presets/paper.yaml"])
    values = planned.configuration.values()
    for key, change in changes.items():
        values[key] = values[key] | change if isinstance(change, dict) else change
    return load(values, HOME)


def test_everything_published_is_fetched_and_nothing_rendered_is() -> None:
    """Catches a weight or set that some job reads and no job makes, and a miniature that asks for
    the network."""
    assert plan().fetched() == {}
    fetched = published().fetched()
    assert fetched["qwen3-8b"] == "backbones/8B"
    assert fetched["siglip-so400m"] == "backbones/tower"
    assert fetched["qwen3-vl-8b"] == "backbones/qwen3-vl-8b"
    assert fetched["extract-0.6b"] == "backbones/extract-0.6b"
    assert {fetched[name] for name in ("m4", "interleave-bench", "mmstar")} == {
        "raw/m4",
        "raw/interleave-bench",
        "raw/mmstar",
    }


def test_where_nobody_knows_the_truth_nothing_asks_for_it() -> None:
    """Catches facts, gold and the rows that are taken left as the miniature has them."""
    planned = published()
    assert planned.score().facts == {}
    assert not planned.featured_sets()
    taken = planned.prepare("interleave-bench")
    assert taken.test["puzzle"] == planned.configuration.data.test
    assert planned.prepare("m4").train["puzzle"] == 35_000
    assert plan().prepare("m4").train == {}
    assert planned.test_source_of("puzzle") == "interleave-bench"
    assert planned.source_of("pieapp") == "pieapp"


def test_released_extraction_data_stand_in_for_the_teacher() -> None:
    """Catches a teacher of 17 GB that is fetched for nothing, its sets' images that are waited for,
    and rows drawn from the wrong place."""
    train = published().configuration.data.train
    planned = published(data={"train": train | {"extraction": 300_000}})
    assert planned.source_of("extraction") == "vet-382k"
    assert planned.prepare("vet-382k").train == {"extraction": 300_000}
    assert planned.image_sets("extract") == ["extraction"]
    assert planned.drawn_sets()[-1] == "extraction"
    assert len(set(planned.drawn_sets())) == len(planned.drawn_sets())
    assert planned.fetched()["vet-382k"] == "raw/vet-382k"
    assert "qwen3-vl-8b" not in planned.fetched()
    assert not planned.is_taught
    assert published().is_taught
    assert "vet-382k" not in published().fetched()


def test_nothing_rendered_stands_in_for_the_teacher() -> None:
    """Catches a miniature that waits for released data, about images which it has not."""
    values = dict.fromkeys(("gqa", "extraction"), 1)
    with pytest.raises(ConfigError, match=r"^config: data.train.extraction: unknown training set"):
        plan(data={"train": values})


GOLDEN = {"perception": ["gold"], "reasoning": ["8B"], "modes": ["plain"]}


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"prompts": "miniature"}, "prompts: given miniature with data.source published"),
        ({"data": {"train": {"nigths": 3}}}, "data.train.nigths: unknown training set"),
        ({"backbones": {"weights": {"8B": "qwen3-8b"}}}, "backbones.weights.4B: missing"),
        (
            {"backbones": {"weights": dict.fromkeys(["8B", "4B", "1.7B", "0.6B", "tower"], "x")}},
            "backbones.weights: given x twice",
        ),
        ({"released": {"extract": {"0.6B": "extract-0.6b"}}}, "released.extract: given the name"),
        ({"released": {"other": {"3B": "extract-0.6b"}}}, "released.other: given 3B"),
        ({"sources": {"mirrors": {"gqa": "here"}}}, "sources.mirrors.gqa: given here"),
        (
            {"runs": {"decoupled": [GOLDEN]}},
            "runs.decoupled, entry 1, perception: given gold",
        ),
        ({"sources": {"missing_share": 1.5}}, "sources.missing_share: given 1.5"),
    ],
)
def test_what_cannot_be_fetched_or_known_is_refused_in_one_line(
    changes: dict[str, Any], answer: str
) -> None:
    """Catches a fault of the configuration that a job finds out after days."""
    with pytest.raises(ConfigError, match=f"^config: {re.escape(answer)}"):
        published(**changes)


def test_cached_features_are_of_one_view() -> None:
    """Catches tiles that are asked for and silently replaced by the cached base view."""
    with pytest.raises(ConfigError, match="cache_features: given true with images anyres"):
        plan(tuning={"images": "anyres"})
