"""What makes a tuning fit its devices changes no result: accumulation, checkpointing, losses."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.utils._python_dispatch import TorchDispatchMode

from downscaling.config.tunings import Layout, LearningRates
from downscaling.errors import UserError
from downscaling.models.assemble import assemble
from downscaling.models.preprocess import IGNORED
from downscaling.records.rows import Sample, Turn
from downscaling.training import losses
from downscaling.training.conversations import collate
from downscaling.training.train import train
from downscaling.training.trainer import LengthGroups
from small import conversations, samples, settings


@pytest.fixture
def tuned(language_model: Path, tower: Path, root: Path, tmp_path: Path) -> Any:
    """A function that tunes a fresh model on conversations with replies of one to four words, and
    gives its weights."""

    def tune(**changed: Any) -> dict[str, torch.Tensor]:
        model, preprocessor = assemble(language_model, tower, "base", 0)
        words = [
            Sample(s.id, s.set, s.images, (Turn(s.turns[0].prompt, "red " * (1 + i % 4)),))
            for i, s in enumerate(samples(10))
        ]
        data = conversations(words, preprocessor, root)
        # Adam divides by a gradient's size, which for gradients near 0 makes much of rounding.
        rates = LearningRates(connector=1e-3, language_model=1e-3, vision_tower=1e-3)
        chosen = settings(epochs=2.0, learning_rate=rates, **changed)
        train(model, data, chosen, Path(tempfile.mkdtemp(dir=tmp_path)))
        return model.state_dict()

    return tune


@pytest.mark.parametrize(
    "changed",
    [
        {"layout": Layout(device_batch_size=1)},
        {"layout": Layout(device_batch_size=2, gradient_checkpointing=True, workers=1)},
        {"cross_entropy": "chunked"},
        {"cross_entropy": "chunked", "layout": Layout(device_batch_size=2)},
        {"cross_entropy": "chunked", "layers": "compact"},
        {"layers": "compact", "layout": Layout(gradient_checkpointing=True)},
    ],
    ids=[
        "accumulated",
        "checkpointed",
        "chunked",
        "chunked-accumulated",
        "compact",
        "compact-checkpointed",
    ],
)
def test_memory_is_saved_and_nothing_else_changes(tuned: Any, changed: dict[str, Any]) -> None:
    """Catches a mean of means over replies of unlike lengths, a last batch that weighs too much,
    activations that are not those of the forward pass, and a loss that skips or shifts tokens."""
    plain, lean = tuned(), tuned(**changed)
    for name, value in plain.items():
        if name.endswith("k_proj.bias"):  # no gradient but rounding, of which Adam makes steps
            continue
        torch.testing.assert_close(lean[name], value, rtol=1e-3, atol=2e-5, msg=name)


def test_the_chunked_loss_has_the_gradients_of_the_full_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Catches a chunk that is lost, counted twice, or whose gradient stops short of the head."""
    torch.manual_seed(0)
    monkeypatch.setattr(losses, "CHUNK", 3)
    labels = torch.randint(0, 50, (8,))
    gradients = []
    for summed in (
        lambda hidden, weight: losses.chunked(hidden, weight, labels),
        lambda hidden, weight: cross_entropy(hidden @ weight.T, labels, reduction="sum"),
    ):
        generator = torch.Generator().manual_seed(1)
        hidden = torch.randn(8, 16, generator=generator, requires_grad=True)
        weight = torch.randn(50, 16, generator=generator, requires_grad=True)
        loss = summed(hidden, weight)
        loss.backward()
        gradients.append((loss, hidden.grad, weight.grad))
    for mine, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(mine, theirs)


def test_a_batch_without_a_label_has_a_loss_of_zero() -> None:
    """Catches a device that crashes, or adds nothing to the graph, on a conversation cut before
    its reply."""
    hidden = torch.randn(0, 16, requires_grad=True)
    weight = torch.randn(50, 16, requires_grad=True)
    loss = losses.chunked(hidden, weight, torch.zeros(0, dtype=torch.long))
    loss.backward()
    assert loss == 0
    assert weight.grad is not None
    assert not weight.grad.any()


def test_no_tensor_of_all_tokens_and_words_is_made(language_model: Path, tower: Path) -> None:
    """Catches logits of every token that come back by another way."""
    model, _ = assemble(language_model, tower, "base", 0)
    ids = torch.randint(10, 100, (2, 40))
    labels = torch.full_like(ids, IGNORED)
    labels[:, -5:] = ids[:, -5:]
    weight, largest = model.lm_head.weight, 0

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            nonlocal largest
            result = func(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor) and result.shape[-1:] == (len(weight),):
                is_head = result.untyped_storage().data_ptr() == weight.data_ptr()
                largest = largest if is_head else max(largest, result.numel() // len(weight))
            return result

    with losses.computing(model, "chunked"), Watch():
        loss = model(input_ids=ids, labels=labels)["loss"]
    assert largest == 10
    torch.testing.assert_close(loss, model(input_ids=ids, labels=labels).loss)


def test_the_model_s_own_forward_pass_comes_back(language_model: Path, tower: Path) -> None:
    """Catches a tuned model that goes on without logits."""
    model, _ = assemble(language_model, tower, "base", 0)
    with losses.computing(model, "chunked"):
        pass
    assert model(input_ids=torch.tensor([[5, 6]])).logits.shape[:2] == (1, 2)


def test_a_fused_loss_without_a_gpu_is_refused(language_model: Path, tower: Path) -> None:
    """Catches a job under gpu=0 that computes another loss than it was asked to."""
    model, _ = assemble(language_model, tower, "base", 0)
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(UserError, match="fused"), losses.computing(model, "fused"):
        pass


def test_bfloat16_computes_in_it_and_keeps_weights_in_float32(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches steps that are rounded away: in bfloat16 a weight of 1 does not move by 1e-3."""
    model, preprocessor = assemble(language_model, tower, "base", 0)
    before = copy.deepcopy(model.state_dict())
    data = conversations(samples(4), preprocessor, root)
    seen = set()
    model.lm_head.register_forward_hook(lambda *call: seen.add(call[-1].dtype))
    chosen = settings(
        epochs=40.0, precision="bfloat16", learning_rate=LearningRates(language_model=0.01)
    )
    outcome = train(model, data, chosen, tmp_path / "states")
    assert seen == {torch.bfloat16}
    assert outcome["curve"][-1][1] < 0.2
    name = "model.language_model.layers.0.self_attn.q_proj.weight"
    assert model.state_dict()[name].dtype == torch.float32
    moved = model.state_dict()[name] - before[name]
    assert (moved != moved.bfloat16().float()).any()


def test_a_step_sees_the_same_conversations_on_any_number_of_devices() -> None:
    """Catches accumulation that changes the batches, and conversations repeated or left out where
    they do not divide evenly among devices."""
    lengths = [5 + i % 7 for i in range(21)]
    alone = list(LengthGroups(lengths, 8, seed=3))
    together = list(LengthGroups(lengths, 8, seed=3, full=4))
    assert together[:21] == alone
    assert len(together) == len(LengthGroups(lengths, 8, seed=3, full=4)) == 24
    assert all(index < 0 and ~index in range(21) for index in together[21:])


def test_a_filler_adds_a_batch_s_shape_and_no_label(
    language_model: Path, tower: Path, root: Path
) -> None:
    """Catches a filler that is trained on."""
    _, preprocessor = assemble(language_model, tower, "base", 0)
    data = conversations(samples(2), preprocessor, root)
    batch = collate([data[1], data[~1]], 0)
    assert torch.equal(batch["input_ids"][0], batch["input_ids"][1])
    assert (batch["labels"][0] != IGNORED).any()
    assert (batch["labels"][1] == IGNORED).all()
