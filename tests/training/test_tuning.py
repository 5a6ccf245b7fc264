"""Tuning learns what it is shown, moves what it may, and does not notice an interruption."""

from __future__ import annotations

import copy
import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset

from downscaling.config.tunings import Layout, LearningRates, Lora
from downscaling.errors import ModelError, UserError
from downscaling.models.assemble import assemble, load_vision_language_model
from downscaling.models.preprocess import IGNORED, Preprocessor
from downscaling.records.files import write
from downscaling.records.rows import Sample, Turn
from downscaling.training.conversations import Conversations, collate
from downscaling.training.features import CachedTower, compute_features, load_features
from downscaling.training.tokens import draw
from downscaling.training.train import reporting, train
from downscaling.training.trainer import LengthGroups
from small import conversations, samples, settings, table, tuned


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_tiny_set_is_memorised(
    language_model: Path, tower: Path, root: Path, tmp_path: Path, optimizer: str
) -> None:
    """Catches labels that are shifted or masked away: the loss would not reach zero."""
    model, preprocessor = assemble(language_model, tower, "base", 0)
    data = conversations(samples(4), preprocessor, root)
    rates = LearningRates(connector=0.01, language_model=0.02)
    chosen = settings(
        epochs=80.0, optimizer=optimizer, muon_learning_rate=0.02, learning_rate=rates
    )
    outcome = train(model, data, chosen, tmp_path / "states")
    losses = [loss for _, loss in outcome["curve"]]
    assert losses[0] > 1.5
    assert losses[-1] < 0.1
    assert outcome["steps"] == 80


def test_only_the_parts_with_a_learning_rate_move(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches a connector stage that trains the language model, or a frozen tower that is not."""
    for rates, moving in (
        (LearningRates(connector=0.01), {"connector"}),
        (LearningRates(connector=0.01, language_model=0.01), {"connector", "language_model"}),
        (LearningRates(vision_tower=0.01), {"vision_tower"}),
    ):
        model, preprocessor = assemble(language_model, tower, "base", 0)
        before = copy.deepcopy(model.state_dict())
        data = conversations(samples(), preprocessor, root)
        train(model, data, settings(learning_rate=rates), tmp_path / "-".join(sorted(moving)))
        moved = {
            part
            for part, prefix in (
                ("connector", "model.multi_modal_projector"),
                ("language_model", "model.language_model"),
                ("vision_tower", "model.vision_tower"),
            )
            if any(
                not torch.equal(value, before[name])
                for name, value in model.state_dict().items()
                if name.startswith(prefix)
            )
        }
        assert moved == moving


def test_cached_features_train_as_pixels_do(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches features taken from another layer, or after the closing norm."""
    names = [f"{i}.png" for i in range(12)]
    compute_features(tower, root, names, tmp_path / "features", 5, lambda done: None)
    features = load_features(tmp_path / "features")
    rates = LearningRates(connector=0.01, language_model=0.01)
    curves = []
    for held in (None, features):
        model, preprocessor = assemble(language_model, tower, "base", 0)
        if held:
            model.model.vision_tower = CachedTower(model.model.vision_tower.config)
        data = conversations(samples(), preprocessor, root, features=held)
        chosen = settings(epochs=4.0, learning_rate=rates)
        outcome = train(model, data, chosen, tmp_path / f"states-{len(curves)}")
        curves.append([loss for _, loss in outcome["curve"]])
    assert curves[0] == pytest.approx(curves[1], rel=1e-4)


@pytest.mark.parametrize(
    "changed",
    [
        {"optimizer": "adamw"},
        {"optimizer": "muon", "muon_learning_rate": 0.02},
        {"layout": Layout(device_batch_size=1)},
        {"layers": "compact", "cross_entropy": "chunked"},
        {"lora": Lora(rank=4, alpha=8.0, dropout=0.2, targets=["q_proj"])},
    ],
    ids=["adamw", "muon", "accumulated", "compact", "lora"],
)
def test_an_interrupted_tuning_ends_where_an_unbroken_one_does(
    language_model: Path, tower: Path, root: Path, tmp_path: Path, changed: dict[str, Any]
) -> None:
    """Catches a resumed run that repeats data, restarts the schedule, loses momentum, adapters or
    the state of dropout, takes accumulated batches for steps, or forgets losses before the next
    log."""

    class InterruptionError(Exception):
        pass

    class Torn(Conversations):
        asked = 0

        def __getitem__(self, index: int) -> dict[str, Any]:
            self.asked += 1
            if self.asked > 21:  # in the second epoch, after the checkpoint of step 4
                raise InterruptionError
            return super().__getitem__(index)

    chosen = settings(epochs=3.0, save_steps=2, **changed)
    ends, outcomes = [], []
    for kinds in ((Conversations,), (Torn, Conversations)):
        states = tmp_path / f"states-{len(kinds)}"
        for kind in kinds:
            model, preprocessor = assemble(language_model, tower, "base", 0)
            data = conversations(samples(), preprocessor, root, kind=kind)
            try:
                outcome = train(model, data, chosen, states)
            except InterruptionError:
                assert [path.name for path in states.glob("checkpoint-*")] == ["checkpoint-4"]
        ends.append(model.state_dict())
        outcomes.append(outcome | {"training_seconds": 0})
    for name, value in ends[0].items():
        assert torch.equal(value, ends[1][name]), name
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]["curve"]) == 4


def test_padding_and_company_change_no_loss(language_model: Path, tower: Path, root: Path) -> None:
    """Catches a pad token that is attended to or counted."""
    model, preprocessor = assemble(language_model, tower, "base", 0)
    long = Sample("x", "gqa", ("1.png", "2.png"), (Turn("where is the ring?", "top-left " * 9),))
    data = conversations([samples()[0], long], preprocessor, root)
    alone = model(**collate([data[0]], 0)).logits[0]
    together = model(**collate([data[0], data[1]], 0)).logits[0, : len(alone)]
    torch.testing.assert_close(alone, together, rtol=1e-4, atol=1e-5)
    assert (collate([data[0], data[1]], 0)["labels"][0, len(alone) :] == IGNORED).all()


def test_like_lengths_share_a_batch_and_each_pass_has_its_own_order() -> None:
    """Catches a pass that repeats or skips conversations, and batches sorted by length."""
    lengths = [random.Random(i).randint(5, 200) for i in range(500)]
    sampler = LengthGroups(lengths, 10, seed=3)
    first = list(sampler)
    assert sorted(first) == list(range(500))
    assert first == list(LengthGroups(lengths, 10, seed=3))
    sampler.set_epoch(1)
    assert list(sampler) != first
    batches = [[lengths[i] for i in first[at : at + 10]] for at in range(0, 500, 10)]
    spread = sum(max(batch) - min(batch) for batch in batches) / len(batches)
    assert spread < 20 < max(lengths) - min(lengths)
    means = [sum(batch) / 10 for batch in batches]
    assert means != sorted(means)
    assert means != sorted(means, reverse=True)


@pytest.mark.parametrize(("most", "steps"), [(2, 2), (9, 3)])
def test_a_bound_on_steps_takes_the_longest_conversations(
    language_model: Path, tower: Path, root: Path, tmp_path: Path, most: int, steps: int
) -> None:
    """Catches a rehearsal that never meets the longest conversations, a bound that lengthens a
    tuning, and a record that counts conversations that no step took."""

    class Told(Conversations):
        def __getitem__(self, index: int) -> dict[str, Any]:
            taken.append(index)
            return super().__getitem__(index)

    taken: list[int] = []
    rows = [
        Sample(str(i), "gqa", ("0.png",) * (i % 2), (Turn("is it red? " * (1 + i % 5), "yes"),))
        for i in range(10)
    ]
    model, preprocessor = assemble(language_model, tower, "base", 0)
    data = conversations(rows, preprocessor, root, kind=Told)
    outcome = train(
        model, data, settings(max_steps=most, order="longest-first"), tmp_path / "states"
    )
    longest = sorted(range(10), key=lambda i: -data.lengths[i])[: 4 * most]
    assert outcome["steps"] == steps
    assert taken[: len(longest)] == longest  # the loader is a batch ahead
    assert outcome["tokens"] == sum(data.lengths[i] for i in longest)
    assert outcome["visual_samples"] == sum(i % 2 for i in longest)


def test_a_larger_share_holds_a_smaller_one() -> None:
    """Catches a share that is drawn anew when another set or another share changes."""
    held, other = table(samples()), table([Sample("o", "gqa", (), (Turn("a", "b"),))])

    def drawn(seed: int, *sets: tuple[Dataset, float]) -> list[str]:
        return list(draw(sets, seed)["id"])

    few = set(drawn(1, (held, 0.25)))
    more = set(drawn(1, (held, 0.5)))
    assert len(few) == 3
    assert len(more) == 6
    assert few < more
    assert set(drawn(1, (other, 1.0), (held, 0.25))) == few | {"o"}
    assert drawn(1, (held, 1.0)) != drawn(2, (held, 1.0))


def test_a_conversation_whose_images_do_not_fit_is_named(
    language_model: Path, tower: Path, root: Path
) -> None:
    """Catches a cut through an image, which would crash deep inside the model."""
    _, preprocessor = assemble(language_model, tower, "base", 0)
    with pytest.raises(UserError, match="vqav2 0: an image lies beyond max_length 8"):
        conversations(samples(1), preprocessor, root, 8)


def test_the_plain_template_is_images_and_a_caption(
    language_model: Path, tower: Path, root: Path
) -> None:
    """Catches a connector stage that is taught to chat, and turns that are dropped in silence."""
    _, preprocessor = assemble(language_model, tower, "base", 0)
    data = conversations(samples(1), preprocessor, root, template="plain")
    words = preprocessor.tokenizer.decode(data[0]["input_ids"]).split()
    assert words.count("<image>") == 9  # patches; a view of other templates takes a newline too
    assert preprocessor.image_tokens([(48, 48)]) == [10]
    assert [word for word in words if word != "<image>"] == samples(1)[0].turns[0].reply.split()
    turns = samples(1)[0].turns * 2
    long = Sample("x", "gqa", ("1.png",), turns)
    with pytest.raises(UserError, match="gqa x: template plain has room for one turn"):
        conversations([long], preprocessor, root, template="plain")


def test_the_connector_s_stage_knows_no_newline(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches a newline vector among an image's tokens, where the published script has none, with
    pixels or with cached features; and one that the stage moves or does not hand on."""
    write(tmp_path / "train.parquet", samples(), Sample)
    names = [f"{i}.png" for i in range(12)]
    compute_features(tower, root, names, tmp_path / "features", 5, lambda done: None)
    before, preprocessor = assemble(language_model, tower, "base", 0)
    rates = LearningRates(connector=1e-9)  # a loss that stays
    chosen = settings(template="plain", learning_rate=rates, batch_size=12, epochs=10.0)
    for features in (None, tmp_path / "features"):
        outcome = tuned(language_model, tower, root, tmp_path, chosen, features)
        after, _ = load_vision_language_model(tmp_path / "out")
        assert torch.equal(after.model.image_newline, before.model.image_newline)
        expected = _plain_loss(before, preprocessor, root)
        assert [loss for _, loss in outcome["curve"]] == pytest.approx([expected], rel=1e-4)


def test_a_conversation_past_the_model_s_positions_is_refused(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches a model that is tuned on places that it has not, and a word for hours too late."""
    write(tmp_path / "train.parquet", samples(), Sample)
    short = tmp_path / "short"
    shutil.copytree(language_model, short)
    values = json.loads((short / "config.json").read_text())
    (short / "config.json").write_text(json.dumps(values | {"max_position_embeddings": 12}))
    with pytest.raises(ModelError, match=r"has 12 positions.*; lower max_length to 12, or"):
        tuned(short, tower, root, tmp_path, settings())
    assert not (tmp_path / "out").exists()


@torch.inference_mode()
def _plain_loss(model: Any, preprocessor: Preprocessor, root: Path) -> float:
    """The mean loss of the samples' captions, each after the nine features of its one view."""
    losses = []
    for sample in samples():
        pixels = preprocessor.pictures([root / image for image in sample.images])["pixel_values"]
        tower = model.model.vision_tower(pixels[0], output_hidden_states=True)
        seen = model.model.multi_modal_projector(tower.hidden_states[-1])[0]
        assert len(seen) == 9
        caption = preprocessor.tokenizer(f"{sample.turns[0].reply}\n", add_special_tokens=False)
        ids = torch.tensor(caption.input_ids)
        words = model.get_input_embeddings()(ids)
        inner = model.model.language_model(inputs_embeds=torch.cat([seen, words])[None])
        logits = model.lm_head(inner.last_hidden_state)[0, 8:-1]
        losses.append(torch.nn.functional.cross_entropy(logits, ids, reduction="none"))
    return float(torch.cat(losses).mean())


def test_the_official_loss_counts_the_marks_of_turns_too(
    language_model: Path, tower: Path, root: Path
) -> None:
    """Catches marks that are counted in replies alone, and words of the prompt that are counted."""
    _, preprocessor = assemble(language_model, tower, "base", 0)
    counted = []
    for loss_on in ("replies", "official"):
        item = conversations(samples(1), preprocessor, root, loss_on=loss_on)[0]
        kept = [i for i in item["labels"] if i != IGNORED]
        counted.append(preprocessor.tokenizer.convert_ids_to_tokens(kept))
    reply = [*samples(1)[0].turns[0].reply.split(), "<|im_end|>"]
    assert counted[0] == reply
    assert set(counted[1]) == {"<|im_start|>", "<|im_end|>", "\n", *reply}
    assert counted[1].count("<|im_start|>") == 2


def test_learning_curves_can_be_followed(
    language_model: Path, tower: Path, root: Path, tmp_path: Path
) -> None:
    """Catches event files that are empty, or land in the folder of states and go with it."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    model, preprocessor = assemble(language_model, tower, "base", 0)
    data = conversations(samples(4), preprocessor, root)
    logs = tmp_path / "logs/seed-0/single"
    chosen = settings(epochs=20.0)
    outcome = train(model, data, chosen, tmp_path / "states", reporting(["tensorboard"], logs))
    events = EventAccumulator(str(logs))
    events.Reload()
    losses = [(event.step, pytest.approx(event.value)) for event in events.Scalars("train/loss")]
    assert outcome["curve"] == losses
    assert {"train/learning_rate", "train/grad_norm"} <= set(events.Tags()["scalars"])


def test_a_report_to_what_is_not_installed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches a tuning of days whose curves go nowhere."""
    from transformers.integrations import integration_utils

    monkeypatch.setattr(integration_utils, "is_wandb_available", lambda: False)
    with pytest.raises(UserError, match="wandb is not installed; pip install wandb"):
        reporting(["wandb"], tmp_path / "seed-0/single")
