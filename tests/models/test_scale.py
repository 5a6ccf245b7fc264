"""The published models: parameters and image tokens, counted without their weights."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import (
    LlavaOnevisionForConditionalGeneration,
    SiglipConfig,
    SiglipModel,
    SiglipTextConfig,
    SiglipVisionConfig,
)

from downscaling.models.assemble import llava_config, load_tower, shorten
from downscaling.models.converters.llava_next import siglip
from downscaling.models.preprocess import Preprocessor
from downscaling.planning.architectures import (
    joined_parameters,
    language_model,
    published_config,
    tower,
    tower_config,
)

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
# Published totals of the language models, and parameters of the connectors.
LANGUAGE = {
    "8B": 8_190_735_360,
    "4B": 4_022_468_096,
    "1.7B": 1_720_574_976,
    "0.6B": 596_049_920,
}
CONNECTOR = {"8B": 21_504_000, "4B": 9_507_840, "1.7B": 6_557_696, "0.6B": 2_230_272}
TOWER, LAYER = 397_747_744, 15_239_504  # SigLIP so400m without head and last layer, and a layer

# Height and width, and tokens: worked out by the rules of the original code.
TOKENS = [(480, 640, 2929), (768, 1024, 4725), (375, 500, 1728), (500, 350, 1793)]
# Sizes for which LLaVA-NeXT, which cuts 8.999999 off to 8, takes another number (given last).
ROUNDED = [(369, 820, 2403, 2349), (423, 188, 2133, 2025), (750, 1375, 6183, 6075)]


def config(size: str) -> Any:
    """The configuration of a published vision-language model."""
    return llava_config(language(size), vision(), image_token=151_669)


def language(size: str) -> Any:
    """The configuration of its language model."""
    return published_config(f"qwen3-{size.lower()}")


def vision() -> Any:
    """The configuration of its vision tower."""
    whole = siglip()
    shorten(whole)
    return whole


def parameters(module: torch.nn.Module) -> int:
    """Of a module, each counted once."""
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("size", LANGUAGE)
def test_parameters_are_those_of_the_published_models(size: str) -> None:
    """Catches a 27th tower layer, a pooling head, embeddings counted or built twice, biases where
    there are none; counts of the plan, or documented counts, that are not those of the models."""
    with torch.device("meta"):
        model = LlavaOnevisionForConditionalGeneration(config(size))
    parts = model.model
    head = 0 if model.config.text_config.tie_word_embeddings else parameters(model.lm_head)
    planned = language_model(language(size)).parameters
    assert parameters(parts.language_model) + head == LANGUAGE[size] == planned
    assert parameters(parts.multi_modal_projector) == CONNECTOR[size]
    layers = parts.vision_tower.encoder.layers
    assert [parameters(layer) for layer in layers] == [LAYER] * 26
    seen = tower(tower_config(published_config("siglip-so400m"))).parameters
    assert parameters(parts.vision_tower) == seen == TOWER
    newline = model.config.text_config.hidden_size
    total = LANGUAGE[size] + CONNECTOR[size] + TOWER + newline
    assert parameters(model) == joined_parameters(language(size), vision()) == total
    assert f"{total:,}" in PAGE.read_text()


@pytest.fixture(scope="module")
def preprocessor() -> Preprocessor:
    """The published image settings; no text is read here."""
    return Preprocessor(cast(Any, None), config("0.6B"), "anyres")


@pytest.fixture(scope="module")
def packer() -> Any:
    """A model that only packs features, one channel wide."""
    small = config("0.6B")
    small.text_config.update({"num_hidden_layers": 1, "vocab_size": 8})
    small.vision_config.update({"num_hidden_layers": 1})
    with torch.device("meta"):
        return LlavaOnevisionForConditionalGeneration(small).model


def packed(packer: Any, preprocessor: Preprocessor, height: int, width: int) -> int:
    """How many features transformers packs for an image that it is told is of this size."""
    from transformers.models.llava_onevision.modeling_llava_onevision import (
        image_size_to_num_patches,
    )

    views = image_size_to_num_patches(
        (height, width), preprocessor.tiling.shapes, preprocessor.side
    )
    features = [torch.zeros(views, preprocessor.patches**2, 1, device="meta")]
    sizes = torch.tensor([[height, width]])
    newline = torch.zeros(1, device="meta")
    return len(packer.pack_image_features(features, sizes, image_newline=newline)[0][0])


@pytest.mark.parametrize(("height", "width", "tokens"), TOKENS)
def test_image_tokens_are_those_of_the_recipe(
    preprocessor: Preprocessor, height: int, width: int, tokens: int
) -> None:
    """Catches height and width in the wrong order, padding that is kept, newlines left out."""
    assert preprocessor.image_tokens([(height, width)]) == [tokens]


def test_image_tokens_are_as_many_as_transformers_packs(
    preprocessor: Preprocessor, packer: Any
) -> None:
    """Catches a count that is off by a row for some aspect ratio: transformers would refuse the
    batch in the middle of a training run."""
    rng = np.random.default_rng(0)
    sizes = [(h, w) for h, w, *_ in [*TOKENS, *ROUNDED]]
    sizes += [tuple(map(int, pair)) for pair in rng.integers(20, 3000, (150, 2))]
    sizes += [(1, 1), (10, 900), (900, 10), (384, 384), (2304, 2304), (1000, 1500)]
    for size in sizes:
        assert preprocessor.image_tokens([size]) == [packed(packer, preprocessor, *size)], size


def original_tokens(preprocessor: Preprocessor, height: int, width: int) -> int:
    """Tokens of an image that is not reduced, by LLaVA-NeXT's `unpad_image`, which cuts a product
    off where transformers rounds it."""
    from transformers.image_processing_utils import select_best_resolution

    side, patches = preprocessor.side, preprocessor.patches
    tall, wide = select_best_resolution((height, width), preprocessor.tiling.shapes)
    rows, columns = tall // side * patches, wide // side * patches
    if width / height > columns / rows:
        rows -= 2 * ((rows - int(height * (columns / width))) // 2)
    else:
        columns -= 2 * ((columns - int(width * (rows / height))) // 2)
    return patches**2 + rows * (columns + 1)


@pytest.mark.parametrize(("height", "width", "here", "original"), ROUNDED)
def test_rounding_differs_from_the_original_where_documented(
    preprocessor: Preprocessor, packer: Any, height: int, width: int, here: int, original: int
) -> None:
    """Catches a transformers that changes its rounding, a documented difference that is not there,
    and an official crop of which the model knows nothing."""
    assert preprocessor.image_tokens([(height, width)]) == [here]
    assert original_tokens(preprocessor, height, width) == original
    official = Preprocessor(cast(Any, None), config("0.6B"), "anyres-official")
    assert official.image_tokens([(height, width)]) == [original]
    told = official.tiling.as_official(height, width)
    assert packed(packer, official, *told) == original
    assert official.tiling.as_official(*told) == told


def test_the_official_crop_is_the_same_elsewhere(preprocessor: Preprocessor) -> None:
    """Catches an official crop that takes a pixel of images whose products are not cut."""
    for height, width, _ in TOKENS:
        assert preprocessor.tiling.as_official(height, width) == (height, width)


def test_no_image_takes_more_tokens_than_documented(preprocessor: Preprocessor) -> None:
    """Catches a maximum length that some image exceeds: the reduction starts only above 1.21 times
    nine tiles."""
    sides = [384 * n for n in range(1, 7)] + list(range(400, 2400, 37))
    most = max(preprocessor.image_tokens([(h, w)])[0] for h in sides for w in sides)
    assert 8700 < most <= 8800
    assert most <= preprocessor.tiling.most_tokens < most + 100


def test_each_of_several_images_takes_one_view(preprocessor: Preprocessor) -> None:
    """Catches tiles for the images of a multi-image conversation."""
    assert preprocessor.image_tokens([(480, 640), (100, 900)]) == [730, 730]


def test_pixels_are_scaled_by_one_half_and_tiles_are_384(
    preprocessor: Preprocessor, tmp_path: Path
) -> None:
    """Catches CLIP's mean and deviation, which the class has by default, and torchvision, which the
    default environment does not hold. White is 1; the padding is black, -1."""
    path = tmp_path / "white.png"
    Image.new("RGB", (640, 480), "white").save(path)
    pixels = preprocessor.pictures([path])["pixel_values"]
    assert pixels.shape == (1, 5, 3, 384, 384)
    assert (pixels[0, 0] == 1).all()
    assert pixels.unique().tolist() == [-1, 1]
    assert "torchvision" not in sys.modules


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 3), (1, 300)])
def test_the_smallest_images_are_read(
    preprocessor: Preprocessor, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Catches an image whose side is taken for its channels (data sets hold some of one pixel)."""
    path = tmp_path / "small.png"
    Image.new("RGB", size, (255, 0, 0)).save(path)
    pixels = preprocessor.pictures([path])["pixel_values"]
    assert pixels[0, 0, :, 0, 0].tolist() == [1, -1, -1]


def test_a_published_tower_loses_its_head_and_last_layer(tmp_path: Path) -> None:
    """Catches features of the last layer, which LLaVA-NeXT deletes, or from after the norm."""
    torch.manual_seed(0)
    vision = SiglipVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        image_size=32,
        patch_size=16,
    )
    text = SiglipTextConfig(
        vocab_size=8,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4,
    )
    whole = SiglipModel(SiglipConfig(text_config=text.to_dict(), vision_config=vision.to_dict()))
    whole.eval().save_pretrained(tmp_path / "siglip")
    tower = load_tower(tmp_path / "siglip").eval()
    assert (tower.config.num_hidden_layers, tower.config.vision_use_head) == (2, False)
    pixels = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        expected = whole.vision_model(pixels, output_hidden_states=True).hidden_states[-2]
        found = tower(pixels, output_hidden_states=True).hidden_states[-1]
    assert torch.equal(found, expected)
    tower.save_pretrained(tmp_path / "tower")
    again = load_tower(tmp_path / "tower")
    assert again.config.num_hidden_layers == 2
