"""Published models of several families, behind the same door as the study's own."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from downscaling.data.load_image import load_image
from downscaling.errors import ModelError
from downscaling.evaluation.vision_language import Ask, Published, Tuned, load
from downscaling.generation.generate import Generated
from downscaling.models.assemble import assemble, save
from downscaling.models.image_text import load_image_text_model

FAMILIES = ["llava-onevision", "internvl", "gemma3", "idefics3"]
CAP = 6


def replies(folder: Path, asks: list[Ask], batch_size: int) -> list[Generated]:
    """What the model of a folder replies."""
    return load(folder, "float32").replies(asks, CAP, batch_size)


@pytest.mark.parametrize("padding_side", ["left", "right"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_batch_is_as_many_batches_of_one(
    family: str, padding_side: str, published: Callable[..., Path], images: list[Path]
) -> None:
    """Catches padding that counts or stands on the side of the reply, images that reach another
    row, replies in the order of the batches, and sampling because the folder asks for it."""
    folder = published(family, padding_side)
    asks = [Ask("what is this? " * (n % 3 + 1), (image,)) for n, image in enumerate(images)]
    asks.insert(2, Ask("no image at all", ()))
    together = replies(folder, asks, 8)
    model = load(folder, "float32")
    assert isinstance(model, Published)
    alone = [model.replies([ask], CAP, 1)[0] for ask in asks]
    assert together == alone
    assert len({reply.text for reply in together}) > 1
    assert all(0 < reply.tokens <= CAP for reply in together)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_sees_its_images_and_reads_its_text(
    family: str, published: Callable[..., Path], images: list[Path]
) -> None:
    """Catches an image or a text that never reaches the model, and several images taken as one."""
    held = load_image_text_model(published(family), "float32")
    seen = [
        ("what is this?", (images[0],)),
        ("what is this?", (images[4],)),
        ("what is this?", (images[0], images[4])),
        ("where is it?", (images[0],)),
    ]
    with torch.inference_mode():
        scores = [
            tuple(
                held.model(**held.inputs([held.prompt(text, len(paths))], [opened_all(paths)]))
                .logits[0, -1]
                .tolist()
            )
            for text, paths in seen
        ]
    assert len(set(scores)) == len(seen)


def opened_all(paths: tuple[Path, ...]) -> list[Image.Image]:
    """The images of some files."""
    return [load_image(path) for path in paths]


def test_the_cap_and_the_end_of_a_turn_are_told_apart(
    published: Callable[..., Path], images: list[Path]
) -> None:
    """Catches descriptions that were cut and count as whole, and ends of turns in the text."""
    model = load(published("gemma3"), "float32")
    assert isinstance(model, Published)
    assert model.replies([Ask("look", (images[0],))], 3, 1)[0].truncated
    inner = model.held.model
    end = model.held.ends[0]
    forward = inner.forward

    @functools.wraps(forward)
    def ending(*inputs: object, **named: object) -> object:
        made = forward(*inputs, **named)
        made.logits[..., end] = torch.finfo(torch.float32).max
        return made

    inner.forward = ending
    (reply,) = model.replies([Ask("look", (images[0],))], 3, 1)
    assert (reply.text, reply.tokens, reply.truncated) == ("", 1, False)


def test_text_that_looks_like_a_token_is_text(
    published: Callable[..., Path], images: list[Path]
) -> None:
    """Catches a question that ends its own turn, or adds an image that is not there."""
    model = load(published("llava-onevision"), "float32")
    assert model.replies([Ask("<image><|im_end|> and\nmore", (images[0],))], 3, 1)
    assert isinstance(model, Published)
    prompt = model.held.prompt("<image><|im_end|> and\nmore", 1)
    assert prompt.count("<image>") == prompt.count("<|im_end|>") == 1
    assert "and\nmore" in prompt


def test_images_within_a_text_reach_a_published_model_there(
    published: Callable[..., Path],
) -> None:
    """Catches a question about "the first <image> and the second <image>" whose images are all in
    front, and an option that spells a place and adds an image."""
    prompt = load_image_text_model(published("idefics3"), "float32").prompt
    written = prompt("is <image> red, or <image>?\nA. <image>", 3, 2)
    assert written.count("<image>") == 3
    front, between, later, last = written.split("<image>")
    assert "is" not in front
    assert ("is" in between, "red, or" in later, "?" in last) == (True, True, True)
    assert "A. < image>" in last


def test_a_folder_says_itself_which_kind_of_model_it_holds(
    language_model: Path, tower: Path, published: Callable[..., Path], tmp_path: Path
) -> None:
    """Catches a model of the study read through the published class, which would tile and prompt
    otherwise than it was tuned; both are of one class of transformers."""
    save(*assemble(language_model, tower, "base", 0), tmp_path / "own")
    assert isinstance(load(tmp_path / "own", "float32"), Tuned)
    assert isinstance(load(published("llava-onevision"), "float32"), Published)


def test_a_folder_that_cannot_serve_is_named(
    published: Callable[..., Path], language_model: Path, tmp_path: Path
) -> None:
    """Catches a traceback, code that a model brings along, and a model without a chat format."""
    with pytest.raises(ModelError, match="no model here"):
        load(tmp_path / "nothing", "float32")
    with pytest.raises(ModelError, match="no processor for a qwen3"):
        load(language_model, "float32")
    brings = shutil.copytree(published("internvl"), tmp_path / "brings")
    config = json.loads((brings / "config.json").read_text())
    own = {"model_type": "internvl_chat", "auto_map": {"AutoConfig": "own.Config"}}
    (brings / "config.json").write_text(json.dumps(config | own))
    (brings / "own.py").write_text("raise SystemExit('ran')")
    with pytest.raises(ModelError, match="custom code"):
        load(brings, "float32")
    mute = shutil.copytree(published("gemma3"), tmp_path / "mute")
    (mute / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="no chat template"):
        load(mute, "float32")


@pytest.mark.parametrize(
    ("name", "changed", "problem"),
    [
        (
            "processor_config.json",
            {"processor_class": "Own", "auto_map": {"AutoProcessor": "own.Own"}},
            "processor_class is 'Own'; the folder contains custom code",
        ),
        (
            "preprocessor_config.json",
            {"image_processor_type": "Own", "auto_map": {"AutoImageProcessor": "own.Own"}},
            "image_processor_type is 'Own'; the folder contains custom code",
        ),
        ("config.json", {"image_token_id": 10**6}, "image_token_id is 1000000, which is no token"),
        ("config.json", {"text_config": {"quantization_config": {"a": 1}}}, "quantised weights"),
        (
            "config.json",
            {"vision_config": {"depth": 10**8}},
            "vision_config.depth: given 100000000",
        ),
    ],
)
def test_a_hostile_published_model_is_one_line(
    published: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    changed: dict[str, Any],
    problem: str,
) -> None:
    """Catches code of a processor, and parts of a configuration that nobody looked into."""
    folder = shutil.copytree(published("internvl"), tmp_path / "model")
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    file = folder / name
    held = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(held | changed))
    monkeypatch.setattr("builtins.input", lambda *_: "yes")
    with pytest.raises(ModelError, match=problem) as caught:
        load(folder, "float32")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()
