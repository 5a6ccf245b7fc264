"""Pretraining of the miniature's backbones: four language models and one vision tower.

Real backbones are downloaded; these are trained once, long, on the same documents at every size,
and shipped. A file to read top to bottom: optimiser, data, the two models, the loop.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch.nn import functional
from transformers import (
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
    SiglipVisionConfig,
    SiglipVisionModel,
)

from ..config.backbones import LanguageModelPretraining, TowerPretraining
from ..models.optimizer import MuonWithAdamW
from ..records.files import replacing, seed_of
from . import corpus, tokenizer
from .world import BACKGROUNDS, CELL, COLORS, SHAPES, SIDE, SIZES, Scene, render, scene, spoil

LOG_EVERY = 50
BUCKET = 16  # batches that are drawn together and sorted by length
HEAD_SIZE = 16
NORM_RATE = 3.0  # of the attention norms, which set how sharply a head looks, times the rest's


def documents(
    rng: random.Random,
    words: PreTrainedTokenizerFast,
    questions: int,
    phase_after: Callable[[int], corpus.Phase],
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of token ids and loss weights, each (batch, length), padded on the right.

    A batch holds about so many `questions`, whatever the phase, which `phase_after` tells by the
    batches before; phases change at whole buckets.
    """
    for bucket in itertools.count():
        phase = phase_after(bucket * BUCKET)
        batch_size = max(1, questions // phase.questions)
        drawn = []
        for _ in range(batch_size * BUCKET):
            ids: list[int] = []
            weights: list[float] = []
            for segment in corpus.document(rng, phase):
                piece = words(segment.text).input_ids if segment.text else []
                ids += piece
                weights += [segment.weight] * len(piece)
            drawn.append((ids, weights))
        drawn.sort(key=lambda pair: len(pair[0]))
        starts = list(range(0, len(drawn), batch_size))
        rng.shuffle(starts)
        for start in starts:
            rows = drawn[start : start + batch_size]
            length = max(len(ids) for ids, _ in rows)
            tokens = torch.full((len(rows), length), words.pad_token_id, dtype=torch.long)
            weight = torch.zeros(len(rows), length)
            for i, (ids, weights) in enumerate(rows):
                tokens[i, : len(ids)] = torch.tensor(ids)
                weight[i, : len(ids)] = torch.tensor(weights)
            yield tokens, weight


def language_config(
    recipe: LanguageModelPretraining, words: PreTrainedTokenizerFast
) -> Qwen3Config:
    """The configuration of a tiny Qwen3 of this shape for this vocabulary."""
    return Qwen3Config(
        vocab_size=len(words),
        hidden_size=recipe.hidden_size,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        head_dim=HEAD_SIZE,
        intermediate_size=recipe.feed_forward,
        tie_word_embeddings=True,
        max_position_embeddings=1024,
        rope_parameters={"rope_type": "default", "rope_theta": 300.0},
        initializer_range=0.04,
        bos_token_id=None,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )


def pretrain_language_model(
    recipe: LanguageModelPretraining, out: Path, progress: Callable[[int], None]
) -> None:
    """Train a language model and save it, its tokenizer, recipe and loss curve to the folder `out`.

    progress is called with the number of steps taken since the last call.
    """
    words = tokenizer.build()
    torch.manual_seed(recipe.seed)
    model = Qwen3ForCausalLM(language_config(recipe, words))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cast(torch.nn.Module, model).to(device)  # transformers' own annotation loses `self`
    rates = recipe.muon_learning_rate, recipe.learning_rate

    def loss(batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        tokens, weights = (part.to(device) for part in batch)
        logits = model(input_ids=tokens, use_cache=False).logits[:, :-1].float()
        each = functional.cross_entropy(
            logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none"
        )
        return (each * weights[:, 1:].flatten()).sum() / weights[:, 1:].sum()

    rng, count = random.Random(recipe.seed), recipe.batch_size
    batches = documents(rng, words, count, lambda taken: corpus.phase_at(taken / recipe.steps))
    curve, seconds = _loop(recipe.steps, batches, loss, model, rates, progress)
    if recipe.review_steps:
        rng = random.Random(seed_of(recipe.seed, "review"))
        batches = documents(rng, words, count, lambda taken: corpus.REVIEW)
        half = rates[0] / 2, rates[1] / 2
        again, more = _loop(recipe.review_steps, batches, loss, model, half, progress)
        curve += [(recipe.steps + step, value) for step, value in again]
        seconds += more
    model.generation_config.do_sample = False
    _save(out, model, recipe, curve, seconds, words)


def pretrain_tower(recipe: TowerPretraining, out: Path, progress: Callable[[int], None]) -> None:
    """Train the vision tower and save it to the folder `out`.

    Heads on each patch's last hidden state learn what the cell holds (shape, colour, size, digits,
    box); they are thrown away. The hidden state is taken before the closing norm, as the study's
    connector reads it.
    """
    torch.manual_seed(recipe.seed)
    model = SiglipVisionModel(
        SiglipVisionConfig(
            hidden_size=recipe.hidden_size,
            intermediate_size=recipe.feed_forward,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            image_size=SIDE,
            patch_size=CELL,
            vision_use_head=False,
        )
    )
    sizes = (len(SHAPES) + 1, len(COLORS) + 1, len(SIZES) + 1, 11, 11, 9)
    heads = torch.nn.ModuleList(torch.nn.Linear(recipe.hidden_size, n) for n in (*sizes, 4))
    setting = torch.nn.ModuleList(torch.nn.Linear(recipe.hidden_size, n) for n in (4, 3))
    both = torch.nn.ModuleDict({"model": model, "heads": heads, "setting": setting})
    rates = 2 * recipe.learning_rate, recipe.learning_rate

    def loss(batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
        pixels, cells, boxes, settings = batch
        hidden = model(pixels, output_hidden_states=True).hidden_states[-1]
        total = torch.zeros(())
        for k, head in enumerate(heads[:-1]):
            weight = 2.0 if k in (0, 3, 4) else 1.0
            total = total + weight * functional.cross_entropy(
                head(hidden).flatten(0, 1), cells[..., k].flatten()
            )
        held = boxes[..., 0] >= 0
        total = total + 1.5 * functional.l1_loss(heads[-1](hidden)[held], boxes[held])
        pooled = hidden.mean(1)
        for k, head in enumerate(setting):
            total = total + functional.cross_entropy(head(pooled), settings[:, k])
        return total

    rng = random.Random(recipe.seed)
    batches = iter(lambda: _pictures(rng, recipe.batch_size), None)
    curve, seconds = _loop(recipe.steps, batches, loss, both, rates, progress)
    _save(out, model, recipe, curve, seconds, None)


def pixels_of(worlds: list[Scene]) -> torch.Tensor:
    """Pictures as the tower reads them, (n, 3, 48, 48), -1 to 1 (mean and deviation 0.5)."""
    stacked = np.stack([np.asarray(render(world)) for world in worlds])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 127.5 - 1


def _pictures(rng: random.Random, count: int) -> tuple[torch.Tensor, ...]:
    """Pictures and, for each of 9 cells, class numbers (0: nothing) and box; and the setting."""
    worlds = [scene(rng, count=(1, 5), anything=True) for _ in range(count)]
    worlds = [spoil(w, rng) if rng.random() < 0.2 else w for w in worlds]
    cells = torch.zeros(count, 9, 6, dtype=torch.long)
    cells[..., 5] = torch.arange(9)
    boxes = torch.full((count, 9, 4), -1.0)
    for i, world in enumerate(worlds):
        for thing in world.visible:
            names = (SHAPES.index(thing.shape), list(COLORS).index(thing.color))
            row = (*names, list(SIZES).index(thing.size))
            cells[i, thing.cell, :3] = torch.tensor(row) + 1
            boxes[i, thing.cell] = torch.tensor(thing.box) / SIDE
        if world.sign:
            cells[i, world.sign.cell, 3:5] = torch.tensor(world.sign.digits) + 1
    kinds = ("clean", "dark", "blurred")
    settings = torch.tensor(
        [
            (BACKGROUNDS.index(w.background), kinds.index(w.quality) if w.quality in kinds else 0)
            for w in worlds
        ]
    )
    return pixels_of(worlds), cells, boxes, settings


def _loop(
    steps: int,
    batches: Iterator[Any],
    loss: Callable[[Any], torch.Tensor],
    model: torch.nn.Module,
    rates: tuple[float, float],
    progress: Callable[[int], None],
) -> tuple[list[tuple[int, float]], float]:
    """Train with Muon on the layers' matrices and AdamW on the rest, at their peak `rates`.

    The rates rise over 30 steps and fall in a line to 3 %. Gives the loss curve (mean over each
    LOG_EVERY steps) and the seconds it took.
    """
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    matrices = [p for n, p in named if p.ndim == 2 and ".layers." in n]
    norms = [p for n, p in named if n.endswith(("q_norm.weight", "k_norm.weight"))]
    rest = [p for _, p in named if not any(p is other for other in (*matrices, *norms))]
    groups = [{"params": rest, "lr": rates[1]}]
    if norms:
        groups.append({"params": norms, "lr": NORM_RATE * rates[1]})
    optimizer = MuonWithAdamW([{"params": matrices, "lr": rates[0]}], groups, 0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda taken: _factor(taken, steps))
    curve: list[tuple[int, float]] = []
    recent: list[float] = []
    started = time.monotonic()
    for step in range(1, steps + 1):
        value = loss(next(batches))
        value.backward()
        torch.nn.utils.clip_grad_norm_(rest, 1.0)  # Muon's updates have a size of their own
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        recent.append(value.item())
        if step % LOG_EVERY == 0 or step == steps:
            curve.append((step, sum(recent) / len(recent)))
            progress(len(recent))
            recent = []
    return curve, time.monotonic() - started


def _factor(taken: int, steps: int) -> float:
    """What the learning rates are multiplied with after so many of the steps."""
    return min(1.0, (taken + 1) / 30) * (0.03 + 0.97 * (1 - taken / steps))


def _save(
    out: Path,
    model: Any,
    recipe: LanguageModelPretraining | TowerPretraining,
    curve: list[tuple[int, float]],
    seconds: float,
    words: PreTrainedTokenizerFast | None,
) -> None:
    """The model as transformers saves it, beside it `recipe.json` and `loss.csv`."""
    with replacing(out) as folder:
        model.save_pretrained(folder)
        if words:
            words.save_pretrained(folder)
        parameters = sum(p.numel() for p in model.parameters())
        about = {"recipe": recipe.model_dump(), "parameters": parameters, "seconds": round(seconds)}
        about |= {"torch": torch.__version__, "threads": torch.get_num_threads()}
        (folder / "recipe.json").write_text(json.dumps(about, indent=2) + "\n")
        with (folder / "loss.csv").open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["step", "loss"])
            writer.writerows((step, f"{value:.4f}") for step, value in curve)
