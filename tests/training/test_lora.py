"""Adapters learn, are all that learns, and leave a model like any other behind."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch

from downscaling.config.tunings import LearningRates, Lora
from downscaling.errors import UserError
from downscaling.models.assemble import assemble, load_vision_language_model, save
from downscaling.training.conversations import collate
from downscaling.training.lora import adapted, is_adapter
from downscaling.training.train import train
from small import conversations, samples, settings

LORA = Lora(rank=8, alpha=16.0, dropout=0.0, targets=["q_proj", "v_proj", "down_proj"])


def test_a_tiny_set_is_memorised_and_the_saved_model_is_a_plain_one(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches adapters that do not train, train more than themselves and the connector, or are
    saved beside the model so that the next stage starts from the untuned one."""
    model, preprocessor = assemble(language_model, tower, "base", 0)
    before = copy.deepcopy(model.state_dict())
    data = conversations(samples(4), preprocessor, root)
    rates = LearningRates(connector=0.01, language_model=0.02)
    outcome = train(
        model, data, settings(epochs=80.0, learning_rate=rates, lora=LORA), tmp_path / "states"
    )
    assert outcome["curve"][-1][1] < 0.1
    assert model.state_dict().keys() == before.keys()
    moved = {name for name, value in model.state_dict().items() if not value.equal(before[name])}
    assert all(
        name.startswith(("model.multi_modal_projector", "model.image_newline"))
        or name.split(".")[-2] in LORA.targets
        for name in moved
    )
    assert any("q_proj" in name for name in moved)
    save(model, preprocessor, tmp_path / "model")
    assert not (tmp_path / "model/adapter_config.json").exists()
    loaded, _ = load_vision_language_model(tmp_path / "model")
    batch = collate([data[0], data[1]], 0)
    assert torch.equal(loaded(**batch).logits, model.eval()(**batch).logits)


def test_merged_weights_answer_as_the_adapters_did(language_model: Path, tower: Path) -> None:
    """Catches a merge without the scale, or of one factor's transpose."""
    model, _ = assemble(language_model, tower, "base", 0)
    ids = torch.randint(10, 100, (2, 12))
    model.eval()
    with torch.no_grad():
        plain = model(input_ids=ids).logits
        with adapted(model, LORA, 0):
            torch.testing.assert_close(model(input_ids=ids).logits, plain)
            for name, parameter in model.named_parameters():
                if is_adapter(name):
                    parameter.normal_(std=0.3)
            apart = model(input_ids=ids).logits
        merged = model(input_ids=ids).logits
    assert (apart - plain).abs().max() > 0.1
    torch.testing.assert_close(merged, apart, rtol=1e-4, atol=1e-4)


def test_adapters_for_layers_that_are_not_there_are_refused(
    language_model: Path, tower: Path
) -> None:
    """Catches a misspelt target after which nothing is trained."""
    model, _ = assemble(language_model, tower, "base", 0)
    wrong = LORA.model_copy(update={"targets": ["query"]})
    with pytest.raises(UserError, match="query"), adapted(model, wrong, 0):
        pass
