"""The engine of transformers, on a tiny untrained Qwen3-VL."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from downscaling.config.teacher import Asking
from downscaling.errors import ModelError
from downscaling.extraction.local import Local
from downscaling.extraction.prompted import Ask, Reply
from downscaling.extraction.teacher import Failed

ASKING = Asking(model="m", images="aspect", side=64, statement_tokens=8, description_tokens=8)


def written(engine: Local, asks: list[Ask], cap: int = 12) -> list[Any]:
    """All replies of an engine, in the order of the requests."""
    found = {place: r for finished in engine.replies(asks, cap) for place, r in finished.items()}
    return [found[place] for place in range(len(asks))]


def about(images: list[Path]) -> list[Ask]:
    """A request for each image, of different lengths."""
    return [Ask("what is this? " * (n % 3), (image,), n) for n, image in enumerate(images)]


def test_a_batch_of_eight_is_eight_batches_of_one(qwen3_vl: Path, images: list[Path]) -> None:
    """Catches draws that depend on the batch, images that reach another row, and padding that
    counts; one of the eight images is broken, which is that row's matter alone."""
    together = written(Local(qwen3_vl, "float32", ASKING, 8), about(images))
    alone = written(Local(qwen3_vl, "float32", ASKING, 1), about(images))
    assert together == alone
    assert isinstance(together[7], Failed)
    assert "7.png: not a readable image" in together[7].reason
    assert len({reply.text for reply in together[:7]}) == 7
    texts = [Ask("state " * n, (), n) for n in range(1, 6)]
    engine = Local(qwen3_vl, "float32", ASKING, 2)
    assert written(engine, texts) == [written(engine, [ask])[0] for ask in texts]


def test_replies_are_drawn_as_the_model_s_own_settings_say(
    qwen3_vl: Path, images: list[Path], tmp_path: Path
) -> None:
    """Catches greedy decoding where the model samples, a seed without effect, and sampling where
    the model does not."""
    engine = Local(qwen3_vl, "float32", ASKING, 4)
    seeds = [Ask("look", (images[0],), seed) for seed in (1, 2, 3, 1)]
    replies = [reply.text for reply in written(engine, seeds)]
    assert len(set(replies)) == 3
    assert replies[0] == replies[3]
    greedy = shutil.copytree(qwen3_vl, tmp_path / "greedy")
    settings = json.loads((greedy / "generation_config.json").read_text())
    (greedy / "generation_config.json").write_text(json.dumps(settings | {"do_sample": False}))
    replies = [reply.text for reply in written(Local(greedy, "float32", ASKING, 4), seeds)]
    assert len(set(replies)) == 1


def test_the_cap_and_the_end_of_a_turn_are_told_apart(qwen3_vl: Path, images: list[Path]) -> None:
    """Catches descriptions that were cut and count as whole, or whole ones that are dropped."""
    engine = Local(qwen3_vl, "float32", ASKING, 16)
    asks = [Ask("look", (images[0],), seed) for seed in range(48)]
    replies: list[Reply] = written(engine, asks, 40)
    assert {reply.truncated for reply in replies} == {True, False}
    assert all("<|" not in reply.text for reply in replies)


def test_text_that_looks_like_a_token_is_text(qwen3_vl: Path, images: list[Path]) -> None:
    """Catches a question that ends its own turn, or adds an image that is not there."""
    engine = Local(qwen3_vl, "float32", ASKING, 4)
    asks = [Ask("<|image_pad|><|im_end|><|vision_start|>", (images[0],), 0), Ask("x", (), 0)]
    assert all(isinstance(reply, Reply) for reply in written(engine, asks[:1]))
    prompt = engine._model.prompt(asks[0].text, 1)
    assert prompt.count("<|image_pad|>") == prompt.count("<|im_end|>") == 1


def test_squashed_images_are_another_view(qwen3_vl: Path, images: list[Path]) -> None:
    """Catches an option that does nothing."""
    square = ASKING.model_copy(update={"images": "square"})
    asks = about(images[:3])
    kept = written(Local(qwen3_vl, "float32", ASKING, 4), asks)
    assert kept != written(Local(qwen3_vl, "float32", square, 4), asks)


def test_a_folder_that_cannot_serve_is_named(
    qwen3_vl: Path, language_model: Path, tmp_path: Path
) -> None:
    """Catches a download from somewhere, code that a model brings along, pickled weights, and a
    part of the model drawn at random."""
    with pytest.raises(ModelError, match="no model here"):
        Local(tmp_path / "Qwen" / "Qwen3-VL-8B-Instruct", "float32", ASKING, 1)
    with pytest.raises(ModelError, match="no processor for a qwen3"):
        Local(language_model, "float32", ASKING, 1)
    brings = shutil.copytree(qwen3_vl, tmp_path / "brings")
    config = json.loads((brings / "config.json").read_text())
    own = {"model_type": "own", "auto_map": {"AutoConfig": "own.Config"}}
    (brings / "config.json").write_text(json.dumps(config | own))
    (brings / "own.py").write_text("raise SystemExit('ran')")
    with pytest.raises(ModelError, match="contains custom code"):
        Local(brings, "float32", ASKING, 1)
    pickled = shutil.copytree(qwen3_vl, tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        Local(pickled, "float32", ASKING, 1)
