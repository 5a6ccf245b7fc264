"""Models of others are planned by their own shapes, downloads and tiles."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downscaling.planning import flops
from downscaling.planning.architectures import published_module
from downscaling.planning.assumptions import published
from downscaling.planning.report import Estimate
from downscaling.planning.workload import PlanRow
from downscaling.study.load import load, read
from downscaling.study.study import Study
from running import HOME

Planner = Callable[[Study], Estimate]


def test_models_of_others_are_planned_where_a_run_names_them(tmp_path: Path, plan: Planner) -> None:
    """Catches downloads that are left out of the plan or are of models that no run needs, and one
    that serves two modules counted twice."""
    overlay = tmp_path / "overlay.yaml"
    pair = {"perception": ["gemma3-4b"], "reasoning": ["gemma3-4b-reasoner"], "modes": ["plain"]}
    runs = {"end_to_end": {"models": ["internvl2.5-1b"], "blind": []}, "decoupled": [pair]}
    overlay.write_text(json.dumps({"runs": runs}))
    costs = plan(read(HOME / "config.yaml", [HOME / "presets/paper.yaml", overlay]))
    external = {row.work: row for row in costs.rows if row.stage == "external"}
    assert external["fetch"].jobs == 4  # Gemma, InternVL with its form, the prompts
    assert external["fetch"].download == pytest.approx(8.6e9 + 1.88e9, rel=0.01)
    assert external["convert"].jobs == 1


def other(plan: Planner, **external: Any) -> Estimate:
    """The plan of the published study with models of others, and runs that name them alone."""
    overlay = {
        "external": {"descriptions": {}, "answers": [], **external},
        "runs": {
            "end_to_end": {"models": list(external["models"]), "blind": list(external["models"])},
            "decoupled": [
                {
                    "perception": list(external["models"]),
                    "reasoning": list(external["reasoners"]),
                    "modes": ["plain"],
                }
            ],
        },
    }
    paper = read(HOME / "config.yaml", [HOME / "presets/paper.yaml"])
    values = paper.configuration.values() | {"roles": {"baseline": "instruct"}} | overlay
    return plan(load(values, HOME))


def rows(costs: Estimate) -> dict[str, PlanRow]:
    """The rows of evaluation, by their work."""
    return {row.work: row for row in costs.rows if row.stage in ("decoupled", "end to end")}


QUESTIONS = 2822 + 1500
"""Of both benchmarks."""


def test_models_of_others_are_counted_by_their_own_shape_and_tiles(plan: Planner) -> None:
    """Catches a published model counted as one of the study's sizes, with its image tokens; or not
    at all."""
    costs = other(
        plan,
        models={"gemma": {"model": "gemma3-4b", "source": "hub"}},
        reasoners={"qwen": {"model": "qwen2-7b", "source": "hub"}},
    )
    assert costs.unknown == []
    lengths, gemma = published().lengths, published_module("gemma3-4b")
    tokens = 256 + lengths.perceive + lengths.phrase + lengths.description
    counted = rows(costs)
    assert counted["perceive"].tokens == pytest.approx(QUESTIONS * tokens)
    assert gemma is not None
    assert gemma.tower is not None
    each = flops.language_forward(gemma.language, tokens) + flops.tower_forward(gemma.tower)
    assert counted["perceive"].flops == pytest.approx(QUESTIONS * each)
    tokens = lengths.reason + lengths.description + lengths.answer
    qwen = published_module("qwen2-7b")
    assert qwen is not None
    each = flops.language_forward(qwen.language, tokens)
    assert counted["reason, plain"].flops == pytest.approx(QUESTIONS * each)
    models = ("internvl2.5-8b", "llava-onevision-7b", "smolvlm")
    hours = {
        model: rows(
            other(
                plan,
                models={"it": {"model": model, "source": "hub"}},
                reasoners={"qwen": {"model": "qwen2-7b", "source": "hub"}},
            )
        )["evaluate"].flops
        for model in models
    }
    assert hours["internvl2.5-8b"] > hours["llava-onevision-7b"] > hours["smolvlm"] > 0


def test_a_folder_of_a_user_is_read_or_named(tmp_path: Path, plan: Planner) -> None:
    """Catches a folder whose hours are missing and nobody says so, and one whose config.json holds
    all that is needed and is not read."""
    text = {
        "model_type": "qwen2",
        "num_hidden_layers": 24,
        "hidden_size": 896,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "intermediate_size": 4864,
        "vocab_size": 151936,
        "tie_word_embeddings": True,
    }
    vision = {
        "model_type": "internvl_vision",
        "num_hidden_layers": 24,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "image_size": [448, 448],
        "patch_size": [14, 14],
    }
    of_its_own = {**text, "vocab_size": 151674, "tie_word_embeddings": False}
    seeing = {"model_type": "internvl", "text_config": of_its_own, "vision_config": vision}
    own_code = {"model_type": "internvl_chat", "auto_map": {"AutoConfig": "code.Config"}}
    experts = {"model_type": "qwen3_moe", "num_hidden_layers": 2}
    known = {**seeing, "image_seq_length": 256}
    configs = {"known": known, "text": text, "own": own_code, "experts": experts}
    for name, config in configs.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps(config))
        for beside in ("preprocessor_config.json", "tokenizer_config.json"):
            (tmp_path / name / beside).write_text("{}")
    places = {name: {"model": str(tmp_path / name)} for name in configs}
    costs = other(plan, models={"known": places["known"]}, reasoners={"text": places["text"]})
    sources = [{"model": name, "source": "hub"} for name in ("internvl2.5-1b", "qwen2-0.5b")]
    same = other(plan, models={"one": sources[0]}, reasoners={"other": sources[1]})
    for work, row in rows(costs).items():
        assert row.flops == pytest.approx(rows(same)[work].flops), work
    for name in ("own", "experts"):
        lacking = other(plan, models={"known": places["known"]}, reasoners={name: places[name]})
        assert lacking.unknown == [name]
        assert lacking.values()["models_of_unknown_shape"] == [name]
        assert f"not in tokens and GPU-hours: {name}, of unknown shape" in lacking.text()
        assert rows(lacking)["reason, plain"].flops == 0
        assert rows(lacking)["perceive"].flops == rows(costs)["perceive"].flops
