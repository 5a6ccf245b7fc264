"""Models are counted as transformers builds them."""

from __future__ import annotations

import json

import pytest
import yaml

from downscaling.catalogue import sources
from downscaling.config.errors import ConfigError
from downscaling.planning.architectures import published_module, published_names
from downscaling.planning.shapes import HEAD_SIZE, shapes_of
from downscaling.study.load import read
from running import HOME


def test_the_shipped_backbones_have_the_parameters_of_their_folders() -> None:
    """Catches an architecture built otherwise than the models that were trained."""
    shapes = shapes_of(read(HOME / "config.yaml"))
    counted = {size: model.parameters for size, model in shapes.languages.items()}
    for name, parameters in {**counted, "tower": shapes.tower.parameters}.items():
        recipe = json.loads((HOME / "backbones" / name / "recipe.json").read_text())
        assert parameters == recipe["parameters"], name


def test_retrained_backbones_have_the_shapes_of_their_recipe() -> None:
    """Catches a recipe's shape that the plan reads otherwise than pretraining does."""
    values = yaml.safe_load((HOME / "presets/gpu.yaml").read_text())
    ladder = values["backbones"]["recipe"]["ladder"]
    study = read(HOME / "config.yaml", [HOME / "presets/gpu.yaml"])
    for size, model in shapes_of(study).languages.items():
        assert model.layers == ladder[size]["layers"]
        assert model.width == ladder[size]["heads"] * HEAD_SIZE


def test_a_backbone_of_unknown_shape_is_refused() -> None:
    """Catches a plan that quietly leaves out, or guesses, a backbone that it knows nothing of."""
    study = read(HOME / "config.yaml", [HOME / "presets/paper.yaml"])
    study.configuration.backbones.weights["4B"] = "extract-1.7b"
    refusal = r"backbones\.weights\.4B: given extract-1\.7b, .*allowed: .*qwen3-4b"
    with pytest.raises(ConfigError, match=refusal):
        shapes_of(study)


@pytest.mark.parametrize(
    ("source", "parameters"),
    [
        ("qwen3-0.6b", 596_049_920),
        ("qwen3-8b", 8_190_735_360),
        ("qwen2-0.5b", 494_032_768),
        ("qwen2-7b", 7_615_616_512),
        ("internvl2.5-1b", 629_697_920),
        ("internvl2.5-2b", 1_889_146_880),
        ("internvl2.5-8b", 7_737_782_272),
        ("smolvlm", 1_812_051_968),
        ("gemma3-4b", 3_880_263_168),
        ("gemma3-12b", 11_766_034_176),
    ],
)
def test_published_language_models_have_their_published_parameters(
    source: str, parameters: int
) -> None:
    """Catches a config.json copied wrongly."""
    module = published_module(source)
    assert module is not None
    assert module.language.parameters == parameters


@pytest.mark.parametrize("source", ["internvl2.5-1b", "internvl2.5-2b"])
def test_an_internvl_takes_the_room_of_its_file(source: str) -> None:
    """Catches a head that is taken for the embeddings, as in the language model it began from: the
    file is in bfloat16, and the connector its last hundredth."""
    module = published_module(source)
    assert module is not None
    assert module.tower is not None
    held = module.language.parameters + module.tower.parameters
    assert 2 * held == pytest.approx(sources.load()[source].bytes, rel=0.01)


def test_every_model_that_the_registry_has_for_evaluation_has_a_shape() -> None:
    """Catches a comparison whose hours the plan leaves out."""
    weights = {name for name, source in sources.load().items() if source.kind == "weights"}
    others = {n for n in weights if n.startswith(("llava", "gemma", "smolvlm", "qwen2"))}
    assert others <= set(published_names())
