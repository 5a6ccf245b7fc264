"""A tuning goes on from the newest whole checkpoint, and ends where it computes no numbers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from downscaling.config.tunings import LearningRates
from downscaling.errors import UserError
from downscaling.models.assemble import assemble
from downscaling.runtime.digests import seal
from downscaling.training.checkpoints import newest
from downscaling.training.conversations import Conversations
from downscaling.training.train import train
from small import conversations, samples, settings

Tune = Callable[..., dict[str, torch.Tensor]]
CHOSEN = settings(epochs=3.0, save_steps=2)


class InterruptionError(Exception):
    """What ends a tuning midway."""


@pytest.fixture(scope="module")
def tune(language_model: Path, tower: Path, root: Path) -> Tune:
    """A function that tunes a fresh model and gives its weights; conversations are taken through
    `spoil`, which is told how many were."""

    def run(states: Path, spoil: Callable[[int, dict[str, Any]], None] = lambda *_: None) -> Any:
        class Spoilt(Conversations):
            taken = 0

            def __getitem__(self, index: int) -> dict[str, Any]:
                item = super().__getitem__(index)
                self.taken += 1
                spoil(self.taken, item)
                return item

        torch.set_num_threads(1)
        model, preprocessor = assemble(language_model, tower, "base", 0)
        data = conversations(samples(), preprocessor, root, kind=Spoilt)
        train(model, data, CHOSEN, states)
        return model.state_dict()

    return run


def stop_at(count: int) -> Callable[[int, dict[str, Any]], None]:
    """Interrupt when so many conversations were taken."""

    def spoil(taken: int, item: dict[str, Any]) -> None:
        if taken == count:
            raise InterruptionError

    return spoil


@pytest.fixture(scope="module")
def interrupted(tune: Tune, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The states of an interrupted tuning, with the checkpoints of step 2 and step 4."""
    states = tmp_path_factory.mktemp("tuning") / "states"
    with pytest.raises(InterruptionError):
        tune(states, stop_at(14))
    (states / "checkpoint-2").rename(states.parent / "kept")
    with pytest.raises(InterruptionError):
        tune(states, stop_at(22))
    (states.parent / "kept").rename(states / "checkpoint-2")
    assert sorted(path.name for path in states.iterdir()) == [
        *("checkpoint-2", "checkpoint-4", "unfinished")
    ]
    return states


@pytest.fixture(scope="module")
def unbroken(tune: Tune, tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    """The weights of a tuning that nothing interrupts."""
    return tune(tmp_path_factory.mktemp("unbroken") / "states")


def assert_same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> None:
    """To the bit."""
    for name, value in left.items():
        assert torch.equal(value, right[name]), name


def lose(file: Path) -> None:
    """Delete."""
    file.unlink()


def cut(file: Path) -> None:
    """Keep the first half."""
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size // 2)


def empty(file: Path) -> None:
    """As a loss of power leaves it."""
    file.write_bytes(b"")


def zero(file: Path) -> None:
    """As a loss of power leaves it: the length is there, the content is not."""
    file.write_bytes(bytes(file.stat().st_size))


def flip(file: Path) -> None:
    """One bit in its middle."""
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)


@pytest.mark.parametrize("harm", [lose, cut, empty, zero, flip])
def test_the_newest_whole_checkpoint_is_taken_whichever_file_is_torn(
    interrupted: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[Path], None],
) -> None:
    """Catches a checkpoint that lacks its optimizer, say, and counts for its number; a tuning that
    fails at every retry though a whole one lies beside it; and other weights for a flipped bit."""
    files = [path.name for path in (interrupted / "checkpoint-4").iterdir()]
    assert {"model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth"} <= {*files}
    for name in files:
        states = tmp_path / name / "states"
        shutil.copytree(interrupted, states)
        assert newest(states) == states / "checkpoint-4"
        assert not capsys.readouterr().err
        harm(states / "checkpoint-4" / name)
        assert newest(states) == states / "checkpoint-2"
        told = capsys.readouterr().err
        place = f"{states}/checkpoint-4" + (f"/{name} " if name != ".manifest.json" else "")
        assert told.startswith(place)
        assert told.count("\n") == 1
        assert [path.name for path in states.iterdir()] == ["checkpoint-2"]
        harm(states / "checkpoint-2" / name)
        assert newest(states) is None
        assert capsys.readouterr().err.count("\n") == 1


def test_a_tuning_ends_where_an_unbroken_one_does_from_whichever_is_whole(
    tune: Tune, interrupted: Path, unbroken: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    """Catches a tuning that takes the torn checkpoint, or parts of it; one that cannot begin anew;
    and one that a folder without a number stops."""
    harms: list[list[str]] = [[], ["checkpoint-4"], ["checkpoint-4", "checkpoint-2"]]
    for harmed in harms:
        states = tmp_path / f"{len(harmed)}" / "states"
        shutil.copytree(interrupted, states)
        (states / "checkpoint-best").mkdir()
        (states / "unfinished" / "checkpoint-6").mkdir()
        for checkpoint in harmed:
            cut(states / checkpoint / "optimizer.pt")
        assert_same(tune(states), unbroken)


def test_a_tuning_that_died_after_its_last_step_is_not_repeated(
    tune: Tune, unbroken: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    """Catches days of training lost because the job was killed while it saved the model."""
    tune(tmp_path / "states")
    assert_same(tune(tmp_path / "states", stop_at(1)), unbroken)


def test_a_loss_that_is_no_number_ends_a_tuning_and_keeps_its_checkpoint(
    tune: Tune, unbroken: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    """Catches weights of nothing but NaN that are tuned to the end, saved, and written over the
    last good checkpoint."""

    def spoil(taken: int, item: dict[str, Any]) -> None:
        if taken == 18:  # of step 5
            item["images"]["pixel_values"][:] = float("nan")

    states = tmp_path / "states"
    with pytest.raises(UserError) as caught:
        tune(states, spoil)
    assert str(caught.value) == (
        "step 5: the loss is nan; lower the learning rate "
        f"(the checkpoint of step 4 stays in {states})"
    )
    assert_same(tune(states), unbroken)


@pytest.mark.parametrize("lora", [False, True])
def test_weights_that_are_no_numbers_are_not_kept(
    language_model: Path, tower: Path, root: Path, tmp_path: Path, lora: bool
) -> None:
    """Catches a checkpoint, or a tuned model, of weights that the last step has made infinite: no
    loss tells of it. Adapters are named before they are merged."""
    from downscaling.config.tunings import Lora

    model, preprocessor = assemble(language_model, tower, "base", 0)
    data = conversations(samples(4), preprocessor, root)
    adapters = Lora(rank=4, alpha=8.0, dropout=0.0, targets=["q_proj"]) if lora else None
    rates = LearningRates(language_model=1.0).model_copy(update={"language_model": float("inf")})
    chosen = settings(save_steps=1, lora=adapters, learning_rate=rates)
    named = r"lora_[AB]\.default\.weight" if lora else r"weight"
    expected = rf"^after step 1 weight model\.\S*{named} holds NaN or infinite numbers; lower the "
    with pytest.raises(UserError, match=expected) as caught:
        train(model, data, chosen, tmp_path / "states")
    assert str(caught.value).endswith(f"(no checkpoint is there yet in {tmp_path / 'states'})")
    assert not list(tmp_path.glob("states/checkpoint-*"))


def test_shards_are_refused_by_one_process(tune: Tune, interrupted: Path, tmp_path: Path) -> None:
    """Catches a traceback about a file that is missing."""
    states = tmp_path / "states"
    shutil.copytree(interrupted, states)
    checkpoint = states / "checkpoint-4"
    (checkpoint / "model.safetensors").unlink()
    (checkpoint / "pytorch_model_fsdp_0").mkdir()
    (checkpoint / "pytorch_model_fsdp_0" / "__0_0.distcp").write_bytes(b"a shard")
    seal(checkpoint)
    with pytest.raises(UserError) as caught:
        tune(states)
    assert str(caught.value) == (
        f"{checkpoint}: in shards and for several GPUs, and this tuning is whole and for one GPU; "
        f"give it GPUs as before, or delete {states} to begin anew"
    )
