"""A plan says beforehand what a study will take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import prepared
from downscaling.catalogue import sources as registry
from downscaling.config.errors import ConfigError
from downscaling.miniature import pretraining, tokenizer, world
from downscaling.miniature.sets import Rendering
from downscaling.models.dialogue import chat
from downscaling.planning import facts, flops, shapes
from downscaling.planning.report import PEAK, Estimate, estimate
from downscaling.planning.training import backbones, tuning
from downscaling.planning.training import sources as sources_of
from downscaling.planning.workload import Row, Workload
from downscaling.prompts.load import load as load_prompts
from downscaling.records.files import read as records_read
from downscaling.records.rows import Sample
from downscaling.study.load import load as study_load
from downscaling.study.load import read
from rendering import render_to
from running import HOME, preset, snakemake

SIZES = ["0.6B", "1.7B", "4B", "8B"]
# Tokens and tower passes of a conversation, conversations in thousands, what is trained, and
# GPU-hours at 40 % of 989 TFLOP/s at each of SIZES, first kept and then recomputed activations.
STAGES: dict[str, tuple[int, int, int, bool, list[float], list[float]]] = {
    "connector": (770, 1, 558, False, [1.0, 2.4, 5.2, 9.5], [1.4, 3.4, 7.7, 14.2]),
    "single image": (2600, 4, 574, True, [7.8, 14.9, 30.8, 53.1], [10.4, 19.8, 41.1, 70.8]),
    "several images": (2400, 3, 309, True, [3.5, 7.1, 14.9, 26.0], [4.7, 9.4, 19.9, 34.7]),
    "replay": (2600, 4, 150, True, [2.0, 3.9, 8.1, 13.9], [2.7, 5.2, 10.7, 18.5]),
    "caption": (3200, 5, 950, True, [16.4, 30.8, 64.0, 109.4], [21.9, 41.1, 85.3, 145.9]),
    "extraction": (2850, 4, 382, True, [5.6, 10.7, 22.4, 38.7], [7.4, 14.3, 29.9, 51.6]),
}
WHOLE = {"0.6B": 36.4, "1.7B": 69.7, "4B": 145.5, "8B": 250.6}
DAGGER = {"0.6B": 6.6, "1.7B": 13.1, "4B": 27.6, "8B": 48.2}
PUBLISHED_SETS = {
    "ocrvqa": 165_000,
    "textvqa": 34_600,
    "scienceqa": 12_700,
    "vqav2": 82_800,
    "gqa": 72_100,
    "vizwiz": 20_500,
    "imagenet": 130_000,
    "grounding": 55_900,
    "spot-the-difference": 28_900,
    "image-edit": 67_700,
    "visual-story": 67_500,
    "text-rich-vqa": 21_300,
    "multi-image-vqa": 22_400,
    "puzzle": 35_000,
    "perceptual-similarity": 66_400,
    "blip558k": 558_000,
    "allava": 950_000,
}


def hours(operations: float) -> float:
    """GPU-hours at 40 % of the peak."""
    return operations / (PEAK * 0.4 * 3600)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stage", STAGES)
def test_tuning_takes_the_hours_of_the_paper_s_estimate(stage: str, size: str) -> None:
    """Catches a wrong factor: a frozen model counted as trained, attention left out, the head
    counted twice where it is not tied, recomputation forgotten."""
    tokens, passes, thousands, trains, kept, recomputed = STAGES[stage]
    for expected, recompute in ((kept, False), (recomputed, True)):
        each = flops.tuning(
            facts.QWEN3[size],
            facts.SIGLIP,
            tokens,
            passes,
            trains_language=trains,
            trains_tower=trains,
            recompute=recompute,
        )
        found = hours(each * thousands * 1000)
        assert found == pytest.approx(expected[SIZES.index(size)], rel=0.01, abs=0.06)


ASKING = {
    "engine": "transformers",
    "source": "hub",
    "model": "qwen3-vl-8b",
    "images": "square",
    "side": 512,
    "statement_tokens": 1024,
    "description_tokens": 2048,
    "batch_size": 16,
}


def published(size: str, last: list[str]) -> Workload:
    """The published study's training at one size, as far as the models `last` need it."""
    values = yaml.safe_load((HOME / "config.yaml").read_text())
    values["data"] |= {"source": "published", "train": PUBLISHED_SETS}
    values |= {"prompts": "own"}
    values["teacher"] |= ASKING
    weights = {size: f"qwen3-{size.lower()}", "tower": "siglip-so400m"}
    values["backbones"] |= {"source": "hub", "sizes": [size], "weights": weights}
    values["tuning"] |= {"images": "anyres", "max_length": 32768, "optimizer": "adamw"}
    values["tuning"]["learning_rate"] = {
        "connector": 1.0e-5,
        "language_model": 1.0e-5,
        "vision_tower": 2.0e-6,
    }
    values["tunings"]["connector"] |= {"images": "base", "learning_rate": {"connector": 1.0e-3}}
    replayed = 150 / 574
    for name, stage in values["tunings"].items():
        stage |= {"epochs": 1.0, "sizes": [size]}
        if name == "instruct":
            single = values["tunings"]["single"]["sets"]
            stage["sets"] |= dict.fromkeys(single, replayed)
    values["runs"] = {
        "end_to_end": {"models": [f"{name}-{size}" for name in last], "blind": []},
        "decoupled": [
            {
                "perception": [f"{name}-{size}" for name in last],
                "reasoning": [size],
                "modes": ["plain"],
            }
        ],
    }
    planned = study_load(values, HOME)
    return Workload(planned, facts.PUBLISHED, shapes.published([size]), facts.SIGLIP, {}, {})


@pytest.mark.parametrize("size", SIZES)
def test_the_facts_of_each_set_add_up_to_the_paper_s_chains(size: str) -> None:
    """Catches lengths per set that do not add up to the stages' means, and a chain that loses a
    stage or counts one twice."""
    for last, expected in ((["extract"], WHOLE), (["extract-scratch"], DAGGER)):
        total = sum(row.flops for row in tuning(published(size, last)))
        assert hours(total) == pytest.approx(expected[size], rel=0.03)


def test_published_weights_and_data_are_downloaded() -> None:
    """Catches downloads left out of the total, and the miniature's rules applied to real data."""
    load = published("0.6B", ["extract"])
    fetched = {row.work: row.download for row in backbones(load)}
    assert fetched["0.6B"] == 2 * 596_049_920
    assert fetched["tower"] > 3e9
    assert [row.work for row in sources_of(load)] == ["fetch", "prepare"]
    assert sum(row.download for row in sources_of(load)) > 80e9
    assert load.questions()["in-domain"] == 2822
    assert load.questions()["out-of-domain"] == 1500


def test_a_size_of_unknown_shape_is_refused() -> None:
    """Catches a plan that quietly leaves out, or guesses, a backbone that it knows nothing of."""
    with pytest.raises(ConfigError, match=r"given 3B, .*allowed: 8B, 4B"):
        shapes.published(["8B", "3B"])


@pytest.mark.parametrize(
    "name", ["miniature", *sorted(p.stem for p in HOME.glob("presets/*.yaml"))]
)
def test_a_plan_counts_the_jobs_of_the_graph(name: str, tmp_path: Path) -> None:
    """Catches a rule that the plan does not know, and overlays merged otherwise than Snakemake
    merges them."""
    overlays = [] if name == "miniature" else [HOME / f"presets/{name}.yaml"]
    planned = read(HOME / "config.yaml", overlays)
    total = estimate(planned, HOME).total()
    run = snakemake(tmp_path, "--dry-run", *preset(name))
    assert total.jobs == run.jobs.total(), run.text


def test_what_no_run_needs_is_not_planned(tmp_path: Path) -> None:
    """Catches a plan of everything that the configuration names, where the graph makes less."""
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        json.dumps(
            {
                "runs": {
                    "end_to_end": {"models": ["instruct-0.6B"], "blind": []},
                    "decoupled": [
                        {"perception": ["caption-0.6B"], "reasoning": ["0.6B"], "modes": ["plain"]}
                    ],
                }
            }
        )
    )
    planned = read(HOME / "config.yaml", [HOME / "presets/smoke.yaml", overlay])
    found = estimate(planned, HOME)
    run = snakemake(tmp_path, "--dry-run", *preset("smoke"), str(overlay))
    assert found.total().jobs == run.jobs.total(), run.text
    assert "extraction" not in {row.stage for row in found.rows}


def test_the_shipped_backbones_have_the_shapes_of_their_folders() -> None:
    """Catches a parameter formula that fits the published models alone."""
    planned = read(HOME / "config.yaml", [])
    for size, model in shapes.language_models(planned, HOME).items():
        recipe = json.loads((HOME / "backbones" / size / "recipe.json").read_text())
        assert model.parameters == recipe["parameters"]
    tower = shapes.vision_tower(planned, HOME)
    recipe = json.loads((HOME / "backbones/tower/recipe.json").read_text())
    assert tower.parameters == recipe["parameters"]


def test_the_miniature_is_as_its_facts_say(tmp_path: Path) -> None:
    """Catches facts that stay behind when the world, its wording or its tokenizer changes."""
    words = tokenizer.build()
    assert len(words) == facts.MINIATURE_VOCABULARY
    assert pretraining.HEAD_SIZE == facts.MINIATURE_HEAD_SIZE
    assert (world.SIDE, world.CELL) == (shapes.MINIATURE_IMAGE, shapes.MINIATURE_PATCH)
    values = yaml.safe_load((HOME / "config.yaml").read_text())
    values["data"]["train"] = dict.fromkeys(values["data"]["train"], 30)
    values["data"] |= {"test": 3, "in-domain": 3, "out-of-domain": 1}
    planned = study_load(values, HOME)
    rendering = Rendering(
        planned.configuration.data,
        load_prompts(planned.data.worded),
        planned.configuration.answer_form,
    )
    render_to(tmp_path, rendering)
    for source in planned.data.sources():
        for name in planned.data.trained_on(source):
            path = tmp_path / f"{name}.parquet"
            prepared.train(name, tmp_path / "raw" / source, path)
            samples = records_read(path, Sample)
            texts = ["".join(text for text, _ in chat(words, s.turns)) for s in samples]
            lengths = [
                len(words(text).input_ids) + bool(s.images)
                for text, s in zip(texts, samples, strict=True)
            ]
            expected = facts.MINIATURE.sets[name]
            assert sum(lengths) / len(samples) == pytest.approx(expected.text, rel=0.2), name
            shown = sum(len(s.images) for s in samples) / len(samples)
            assert shown == pytest.approx(expected.images, rel=0.25), name
            asked = sum(len(s.turns) for s in samples) / len(samples)
            assert asked == pytest.approx(expected.turns, rel=0.2), name


def run(*arguments: str) -> Any:
    """The verb, run without torch: importing it fails."""
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['transformers'] = None; "
        "from downscaling.cli import app; app(sys.argv[1:])"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "plan", *arguments], cwd=HOME, capture_output=True, text=True
    )


def test_the_verb_gives_values_to_programs() -> None:
    """Catches a renamed key, a total that is not the sum of its rows, and a plan that needs torch
    (seconds of import, and gigabytes to install before anybody knows the cost)."""
    done = run("presets/gpu.yaml", "--json")
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    assert values["preset"] == "gpu"
    for key in ("jobs", "tokens", "gpu_hours", "disk_bytes", "download_bytes"):
        summed = sum(row[key] for row in values["rows"])
        assert values["total"][key] == pytest.approx(summed, rel=1e-3)
    assert values["total"]["gpu_hours"] > 0
    halved = json.loads(run("presets/gpu.yaml", "--json", "--utilisation", "0.2").stdout)
    assert halved["total"]["gpu_hours"] == pytest.approx(2 * values["total"]["gpu_hours"])


def test_the_verb_prints_a_table() -> None:
    """Catches a table without the stages or the total, and an assumption left unsaid."""
    lines = run().stdout.splitlines()
    assert lines[0] == "plan of miniature"
    stages = ("sources", "backbones", "tuning", "extraction", "decoupled", "end to end", "total")
    for stage in stages:
        assert any(line.startswith(stage) for line in lines), stage
    assert any("40% of 989 TFLOP/s" in line for line in lines)


def test_a_preset_that_is_not_there_is_one_line() -> None:
    """Catches a traceback for a mistyped name."""
    done = run("presets/papre.yaml")
    assert done.returncode == 1
    assert done.stderr.startswith("downscaling: presets/papre.yaml: not a readable YAML file")
    assert "Traceback" not in done.stderr


def test_models_of_others_are_planned_where_a_run_names_them(tmp_path: Path) -> None:
    """Catches downloads that are left out of the plan or are of models that no run needs, and one
    that serves two modules counted twice."""
    overlay = tmp_path / "overlay.yaml"
    pair = {"perception": ["gemma3-4b"], "reasoning": ["gemma3-4b-reasoner"], "modes": ["plain"]}
    runs = {"end_to_end": {"models": ["internvl2.5-1b"], "blind": []}, "decoupled": [pair]}
    overlay.write_text(json.dumps({"runs": runs}))
    planned = read(HOME / "config.yaml", [HOME / "presets/paper.yaml", overlay])
    found = estimate(planned, HOME)
    run = snakemake(tmp_path, "--dry-run", *preset("paper"), str(overlay))
    assert found.total().jobs == run.jobs.total(), run.text
    external = {row.work: row for row in found.rows if row.stage == "external"}
    assert external["fetch"].jobs == 4  # Gemma, InternVL with its form, the prompts
    assert external["fetch"].download == pytest.approx(8.6e9 + 1.88e9, rel=0.01)
    assert external["convert"].jobs == 1


@pytest.mark.parametrize(
    ("source", "parameters"),
    [
        ("qwen2-0.5b", 494_032_768),
        ("qwen2-7b", 7_615_616_512),
        ("internvl2.5-2b", 1.889e9),
        ("internvl2.5-8b", 7.74e9),
        ("smolvlm", 1.81e9),
        ("gemma3-4b", 3.88e9),
        ("gemma3-12b", 11.77e9),
    ],
)
def test_language_models_of_others_have_their_published_parameters(
    source: str, parameters: float
) -> None:
    """Catches a shape written down wrongly."""
    found = facts.MODULES[source].language.parameters
    assert found == pytest.approx(parameters, rel=0.003)


def test_every_model_that_the_registry_has_for_evaluation_has_a_shape() -> None:
    """Catches a comparison whose hours the plan leaves out."""
    weights = {name for name, held in registry.load().items() if held.kind == "weights"}
    others = {name for name in weights if name.startswith(("llava", "gemma", "smolvlm", "qwen2"))}
    assert others <= facts.MODULES.keys()


def other(**external: Any) -> Estimate:
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
    planned = read(HOME / "config.yaml", [HOME / "presets/paper.yaml"])
    values = planned.configuration.values() | {"roles": {"baseline": "instruct"}} | overlay
    return estimate(study_load(values, HOME), HOME)


def rows(found: Estimate) -> dict[str, Row]:
    """The rows of evaluation, by their work."""
    return {row.work: row for row in found.rows if row.stage in ("decoupled", "end to end")}


QUESTIONS = 2822 + 1500
"""Of both benchmarks."""


def test_models_of_others_are_counted_by_their_own_shape_and_tiles() -> None:
    """Catches a published model counted as one of the study's sizes, with its image tokens; or not
    at all."""
    found = other(
        models={"gemma": {"model": "gemma3-4b", "source": "hub"}},
        reasoners={"qwen": {"model": "qwen2-7b", "source": "hub"}},
    )
    assert found.unknown == []
    lengths, gemma = facts.PUBLISHED.lengths, facts.MODULES["gemma3-4b"]
    tokens = 256 + lengths.perceive + lengths.phrase + lengths.description
    made = rows(found)
    assert made["perceive"].tokens == pytest.approx(QUESTIONS * tokens)
    assert gemma.tower is not None
    each = flops.language_forward(gemma.language, tokens) + flops.tower_forward(gemma.tower)
    assert made["perceive"].flops == pytest.approx(QUESTIONS * each)
    tokens = lengths.reason + lengths.description + lengths.answer
    each = flops.language_forward(facts.MODULES["qwen2-7b"].language, tokens)
    assert made["reason, plain"].flops == pytest.approx(QUESTIONS * each)
    models = ("internvl2.5-8b", "llava-onevision-7b", "smolvlm")
    hours = {
        model: rows(
            other(
                models={"it": {"model": model, "source": "hub"}},
                reasoners={"qwen": {"model": "qwen2-7b", "source": "hub"}},
            )
        )["evaluate"].flops
        for model in models
    }
    assert hours["internvl2.5-8b"] > hours["llava-onevision-7b"] > hours["smolvlm"] > 0


def test_a_folder_of_a_user_is_read_or_named(tmp_path: Path) -> None:
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
        "num_hidden_layers": 24,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "image_size": [448, 448],
        "patch_size": [14, 14],
    }
    seeing = {"model_type": "internvl", "text_config": text, "vision_config": vision}
    bare = {"model_type": "gemma3", "text_config": {"num_hidden_layers": 34}}
    configs = {"known": {**seeing, "image_seq_length": 256}, "text": text, "bare": bare}
    for name, config in configs.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(json.dumps(config))
    places = {name: {"model": str(tmp_path / name)} for name in configs}
    found = other(models={"known": places["known"]}, reasoners={"text": places["text"]})
    sources = [{"model": name, "source": "hub"} for name in ("internvl2.5-1b", "qwen2-0.5b")]
    same = other(models={"one": sources[0]}, reasoners={"other": sources[1]})
    for work, row in rows(found).items():
        assert row.flops == pytest.approx(rows(same)[work].flops), work
    lacking = other(models={"known": places["known"]}, reasoners={"bare": places["bare"]})
    assert lacking.unknown == ["bare"]
    assert lacking.values()["models_of_unknown_shape"] == ["bare"]
    assert "not in tokens and GPU-hours: bare, of unknown shape" in lacking.text()
    assert rows(lacking)["reason, plain"].flops == 0
    assert rows(lacking)["perceive"].flops == rows(found)["perceive"].flops
