"""Backbones are trained reproducibly, learn, and are shipped with digests that are checked."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import pytest
import torch

from downscaling.config.backbones import LanguageModelPretraining, TowerPretraining
from downscaling.miniature import corpus, curriculum, language_model, shelf, tokenizer, tower
from downscaling.models.assemble import load_language_model, load_tower
from downscaling.records.files import RecordError, digest

LANGUAGE = LanguageModelPretraining(
    hidden_size=32,
    layers=1,
    heads=2,
    feed_forward=32,
    steps=100,
    review_steps=50,
    batch_size=8,
    learning_rate=5e-3,
    muon_learning_rate=5e-3,
    seed=1,
)
TOWER = TowerPretraining(
    hidden_size=32,
    layers=1,
    heads=2,
    feed_forward=32,
    steps=60,
    batch_size=8,
    learning_rate=3e-3,
    seed=1,
)


def _take(shelved: Path, name: str, out: Path) -> None:
    shelf.take(shelved / shelf.MANIFEST, shelved / name, out)


def _curve(folder: Path) -> list[float]:
    rows = (folder / "loss.csv").read_text().splitlines()[1:]
    return [float(row.split(",")[1]) for row in rows]


def test_a_language_model_learns_and_is_the_same_when_made_again(tmp_path: Path) -> None:
    """Catches a draw from the ambient generator, a loss that does not reach the weights, and one
    that is told and is not the curve's."""
    told: list[tuple[int, float]] = []

    def tell(done: int, loss: float | None = None) -> None:
        assert loss is not None
        told.append((done, round(loss, 4)))

    for name in ("one", "two"):
        language_model.pretrain_language_model(LANGUAGE, tmp_path / name, tell)
    other = LANGUAGE.model_copy(update={"seed": 2})
    language_model.pretrain_language_model(other, tmp_path / "other", tell)
    weights = [digest(tmp_path / name / "model.safetensors") for name in ("one", "two", "other")]
    assert weights[0] == weights[1] != weights[2]
    curve = _curve(tmp_path / "one")
    assert curve[-1] < curve[0] - 0.5
    assert sum(done for done, _ in told) == 3 * (LANGUAGE.steps + LANGUAGE.review_steps)
    assert [loss for _, loss in told[: len(curve)]] == curve
    model, words = load_language_model(tmp_path / "one")
    assert model.config.vocab_size == len(words)
    assert json.loads((tmp_path / "one/recipe.json").read_text())["recipe"]["seed"] == 1


def test_a_tower_learns_and_loads(tmp_path: Path) -> None:
    """Catches labels that do not belong to the pictures."""
    tower.pretrain_tower(TOWER, tmp_path / "tower", lambda done, loss=None: None)
    curve = _curve(tmp_path / "tower")
    assert curve[-1] < curve[0] - 0.5
    assert load_tower(tmp_path / "tower").config.hidden_size == 32


def test_no_document_has_a_word_that_the_tokenizer_lacks() -> None:
    """Catches a template that was added without its words."""
    words, rng = tokenizer.build(), random.Random(8)
    for phase in (*curriculum.PHASES, curriculum.REVIEW):
        for _ in range(200):
            text = "".join(segment.text for segment in corpus.document(rng, phase))
            ids = words(text).input_ids
            assert words.unk_token_id not in ids, text
            assert len(ids) < 512


def test_the_phases_follow_each_other_and_hold_as_many_questions_a_batch() -> None:
    """Catches a curriculum that stays in its first phase, and a batch that shrinks on the way."""
    words, steps = tokenizer.build(), 10 * language_model.BUCKET
    assert [curriculum.phase_at(share).questions for share in (0.0, 0.2, 0.99, 1.0)] == [1, 2, 4, 4]
    batches = language_model.documents(
        random.Random(3), words, 8, lambda taken: curriculum.phase_at(taken / steps)
    )
    rows = [len(tokens) for tokens, _ in itertools.islice(batches, steps)]
    shares = [rows.count(size) / steps for size in (8, 4, 2)]
    assert shares == pytest.approx([0.2, 0.3, 0.5])


def test_the_chat_format_is_qwens() -> None:
    """Catches a plain prompt without its empty think block, or image models that are given one."""
    words = tokenizer.build()
    message = [{"role": "user", "content": "what color is the ring?"}]
    texts = [
        words.apply_chat_template(message, tokenize=False, add_generation_prompt=True, **how)
        for how in ({}, {"enable_thinking": False}, {"enable_thinking": True})
    ]
    head = "<|im_start|>user\nwhat color is the ring?<|im_end|>\n<|im_start|>assistant\n"
    assert texts == [head, f"{head}<think>\n\n</think>\n\n", f"{head}<think>\n"]
    answer = words("<think>\nring is red.\n</think>\n\nAnswer: red<|im_end|>\n").input_ids
    assert (
        words.decode(answer, skip_special_tokens=True).split("</think>")[1].strip() == "Answer: red"
    )


def test_a_shipped_backbone_is_what_was_put_on_the_shelf(
    tmp_path: Path, language_model: Path
) -> None:
    """Catches a weight file that was changed, cut or lost since its digest was committed."""
    made = tmp_path / "made"
    (made / "0.6B").parent.mkdir()
    (made / "0.6B").symlink_to(language_model)
    shelf.put(made, tmp_path / "shelf")
    _take(tmp_path / "shelf", "0.6B", tmp_path / "out")
    assert digest(tmp_path / "out") == digest(language_model)
    with pytest.raises(RecordError, match=r"holds no backbone 8B; it holds 0\.6B"):
        _take(tmp_path / "shelf", "8B", tmp_path / "none")
    weights = tmp_path / "shelf/0.6B/model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(RecordError, match="sha256 is not the manifest's"):
        _take(tmp_path / "shelf", "0.6B", tmp_path / "bad")
    assert not (tmp_path / "bad").exists()
    weights.unlink()
    with pytest.raises(RecordError, match="missing"):
        _take(tmp_path / "shelf", "0.6B", tmp_path / "bad")


def test_pictures_reach_the_tower_between_minus_one_and_one(tmp_path: Path) -> None:
    """Catches pixels scaled otherwise in pretraining than in the study (mean and deviation 0.5)."""
    from downscaling.miniature import picture, world
    from downscaling.models.preprocess import view

    scene = world.scene(random.Random(2))
    pixels = tower.pixels_of([scene])
    assert pixels.shape == (1, 3, 48, 48)
    assert pixels.min() >= -1
    assert pixels.max() <= 1
    picture.render(scene).save(tmp_path / "picture.png")
    assert torch.allclose(view(tmp_path / "picture.png", 48), pixels[0], atol=1e-6)
