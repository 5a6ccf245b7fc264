"""What a plan assumes of rendered data is true of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import prepared
from downscaling.miniature import language_model, tokenizer, world
from downscaling.miniature.sets import Rendering
from downscaling.models.dialogue import chat
from downscaling.planning import shapes
from downscaling.planning.assumptions import miniature, published
from downscaling.prompts.load import load as load_prompts
from downscaling.records.files import read as read_records
from downscaling.records.rows import Sample
from downscaling.study.load import load
from rendering import render_to
from running import HOME


def test_the_miniature_is_as_the_plan_assumes(tmp_path: Path) -> None:
    """Catches assumptions that stay behind when the world, its wording or its tokenizer changes."""
    words = tokenizer.build()
    assert len(words) == shapes.VOCABULARY
    assert language_model.HEAD_SIZE == shapes.HEAD_SIZE
    assert (world.SIDE, world.CELL) == (shapes.IMAGE, shapes.PATCH)
    values = yaml.safe_load((HOME / "config.yaml").read_text())
    values["data"]["train"] = dict.fromkeys(values["data"]["train"], 30)
    values["data"] |= {"test": 3, "in-domain": 3, "out-of-domain": 1}
    study = load(values, HOME)
    rendering = Rendering(
        study.configuration.data,
        load_prompts(study.data.worded),
        study.configuration.answer_form,
    )
    render_to(tmp_path, rendering)
    for source in study.data.sources():
        for name in study.data.trained_on(source):
            path = tmp_path / f"{name}.parquet"
            prepared.train(name, tmp_path / "raw" / source, path)
            samples = read_records(path, Sample)
            texts = ["".join(text for text, _ in chat(words, s.turns)) for s in samples]
            lengths = [
                len(words(text).input_ids) + bool(s.images)
                for text, s in zip(texts, samples, strict=True)
            ]
            expected = miniature().sets[name]
            assert sum(lengths) / len(samples) == pytest.approx(expected.text, rel=0.2), name
            shown = sum(len(s.images) for s in samples) / len(samples)
            assert shown == pytest.approx(expected.images, rel=0.25), name
            asked = sum(len(s.turns) for s in samples) / len(samples)
            assert asked == pytest.approx(expected.turns, rel=0.2), name


def test_a_set_of_one_s_own_counts_as_the_mean_of_the_others() -> None:
    """Catches a traceback for a data set that was added as CONTRIBUTING says."""
    assumed = published()
    both = assumed.knowing(["gqa", "my-set"])
    assert both.guessed == ["my-set"]
    assert both.sets["gqa"] == assumed.sets["gqa"]
    texts = [one.text for one in assumed.sets.values()]
    assert both.sets["my-set"].text == pytest.approx(sum(texts) / len(texts))
