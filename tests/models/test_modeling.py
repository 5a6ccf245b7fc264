"""Models are put together from backbones without loss, and what they read fits what they expect."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from downscaling.errors import ModelError, UserError
from downscaling.models.assemble import (
    assemble,
    load_language_model,
    load_vision_language_model,
    save,
)
from downscaling.models.preprocess import IGNORED, batch_images
from downscaling.records.rows import Turn


def test_the_backbones_arrive_unchanged_and_survive_saving(
    language_model: Path, tower: Path, tmp_path: Path
) -> None:
    """Catches a renamed weight that is silently left at its random value."""
    model, preprocessor = assemble(language_model, tower, "base", seed=1)
    text = load_file(language_model / "model.safetensors")
    vision = load_file(tower / "model.safetensors")
    state = model.state_dict()
    for name, value in text.items():
        assert torch.equal(state[name.replace("model.", "model.language_model.", 1)], value), name
    for name, value in vision.items():
        assert torch.equal(state["model.vision_tower." + name.removeprefix("vision_model.")], value)
    save(model, preprocessor, tmp_path / "saved")
    again, _ = load_vision_language_model(tmp_path / "saved")
    for name, value in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], value), name


def test_the_connector_depends_on_the_seed_alone(language_model: Path, tower: Path) -> None:
    """Catches ambient randomness in what is not loaded."""
    drawn = [
        assemble(language_model, tower, "base", seed)[0].model.multi_modal_projector.linear_1.weight
        for seed in (1, 1, 2)
    ]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_the_files_of_a_model_do_not_tell_where_its_backbones_lay(
    language_model: Path, tower: Path, tmp_path: Path
) -> None:
    """Catches models of two presets, equal in every weight, that count as different."""
    moved = (
        shutil.copytree(language_model, tmp_path / "moved"),
        shutil.copytree(tower, tmp_path / "tower"),
    )
    made = []
    for name, backbones in (("one", (language_model, tower)), ("other", moved)):
        save(*assemble(*backbones, "base", seed=0), tmp_path / name)
        made.append({f.name: f.read_bytes() for f in sorted((tmp_path / name).iterdir())})
    assert made[0] == made[1]


def test_weights_that_do_not_fit_are_named(
    language_model: Path, tower: Path, tmp_path: Path
) -> None:
    """Catches a truncated backbone that would train from random weights."""
    broken = tmp_path / "broken"
    shutil.copytree(tower, broken)
    weights = load_file(broken / "model.safetensors")
    kept = {k: v for k, v in weights.items() if "layers.1" not in k}
    save_file(kept, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"layers\.1"):
        assemble(language_model, broken, "base", seed=0)


def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    """Catches a hub lookup for a local path that does not exist."""
    with pytest.raises(ModelError, match="no model here"):
        load_language_model(tmp_path / "nothing")


@pytest.mark.parametrize(
    "size",
    [
        *[(48, 48), (96, 48), (50, 120), (144, 144), (33, 201), (400, 300), (640, 480), (31, 47)],
        *[(20_000, 1), (1, 20_000), (147, 98), (343, 441)],
    ],
)
@pytest.mark.parametrize("images", ["base", "anyres", "anyres-official"])
def test_image_places_are_as_many_as_the_features_of_the_model(
    language_model: Path, tower: Path, tmp_path: Path, size: tuple[int, int], images: str
) -> None:
    """Catches a token count that is off by a row for some aspect ratio."""
    model, preprocessor = assemble(language_model, tower, images, seed=0)
    path = tmp_path / "image.png"
    Image.new("RGB", size, (200, 30, 30)).save(path)
    ids, pictures = preprocessor.ask("what color is the ring?", [path])
    features = model.get_image_features(**batch_images([pictures]), return_dict=True).pooler_output
    assert preprocessor.count_image_tokens(ids) == sum(len(part) for part in features)


@pytest.mark.parametrize("images", ["base", "anyres"])
def test_a_transparent_colour_is_white_and_the_same_colour_elsewhere_stays(
    language_model: Path, tower: Path, tmp_path: Path, images: str
) -> None:
    """Catches a GIF whose transparent pixels are seen in their hidden colour without tiles, and
    with tiles turn its opaque pixels of that colour white."""
    _, preprocessor = assemble(language_model, tower, images, seed=0)
    image = Image.new("P", (96, 96), 0)
    image.putpalette([0, 0, 0, 0, 0, 0, 200, 30, 30])
    image.paste(1, (48, 0, 96, 48))
    image.paste(2, (48, 48, 96, 96))
    image.save(tmp_path / "a.gif", transparency=0, optimize=False)
    base, *tiles = preprocessor.pictures([tmp_path / "a.gif"])["pixel_values"][0]
    white, black, red = (255, 255, 255), (0, 0, 0), (200, 30, 30)
    seen = [base[:, row, column] for row in (0, -1) for column in (0, -1)]
    for views in (seen, [tile[:, 24, 24] for tile in tiles]):
        colors = [tuple(((view + 1) * 127.5).round().int().tolist()) for view in views]
        assert colors in ([white, black, white, red], [])


def test_several_images_take_one_view_each(
    language_model: Path, tower: Path, tmp_path: Path
) -> None:
    """Catches tiles for the images of a multi-image question, which the recipe does not cut."""
    model, preprocessor = assemble(language_model, tower, "anyres", seed=0)
    for name in ("a", "b"):
        Image.new("RGB", (300, 100)).save(tmp_path / f"{name}.png")
    ids, pictures = preprocessor.ask("what happens?", [tmp_path / "a.png", tmp_path / "b.png"])
    assert pictures["pixel_values"].shape == (2, 1, 3, 48, 48)
    assert preprocessor.count_image_tokens(ids) == 2 * (9 + 1)
    inputs = {"input_ids": torch.tensor([ids]), **batch_images([pictures])}
    assert model(**inputs).logits.shape[:2] == (1, len(ids))


def test_the_loss_counts_replies_and_nothing_else(language_model: Path, tower: Path) -> None:
    """Catches a loss on the question, on an image's places or on padding."""
    _, preprocessor = assemble(language_model, tower, "base", seed=0)
    turns = [Turn("what color is the ring?", "red"), Turn("where is the ring?", "top-left")]
    ids, labels = preprocessor.encode(turns, [(48, 48)])
    counted = [token for token, label in zip(ids, labels, strict=True) if label != IGNORED]
    assert preprocessor.tokenizer.decode(counted) == "red <|im_end|> top-left <|im_end|>"
    assert all(label in (token, IGNORED) for token, label in zip(ids, labels, strict=True))


def test_a_hostile_image_is_refused_by_name(
    language_model: Path, tower: Path, tmp_path: Path
) -> None:
    """Catches a crash deep in PIL, or an image that is not one."""
    _, preprocessor = assemble(language_model, tower, "base", seed=0)
    path = tmp_path / "evil.png"
    path.write_bytes(b"<script>alert(1)</script>")
    with pytest.raises(UserError, match=r"evil\.png: not a readable image"):
        preprocessor.pictures([path])


@pytest.mark.parametrize(
    "name", ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"]
)
def test_a_damaged_model_is_one_line_that_names_the_file(
    language_model: Path, tmp_path: Path, name: str
) -> None:
    """Catches fifty lines of three libraries, none of which say which file was cut."""
    folder = tmp_path / "model"
    shutil.copytree(language_model, folder)
    with (folder / name).open("r+b") as file:
        file.truncate((folder / name).stat().st_size // 2)
    with pytest.raises(ModelError) as caught:
        load_language_model(folder)
    assert str(caught.value).startswith(f"{folder / name}: damaged (")
    assert str(caught.value).endswith(f"; delete {folder} and make it again")
    assert "\n" not in str(caught.value)
