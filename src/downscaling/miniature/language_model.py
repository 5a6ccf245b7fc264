"""Pretraining of the miniature's language models: four sizes, on the same documents.

Real backbones are downloaded; these are trained once, long, and shipped.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import torch
from torch.nn import functional
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from ..config.backbones import LanguageModelPretraining
from ..records.files import seed_of
from ..runtime.progress import Progress
from . import tokenizer
from .corpus import document
from .curriculum import REVIEW, Phase, phase_at
from .training_loop import Course, save, train

BUCKET = 16  # batches that are drawn together and sorted by length
HEAD_SIZE = 16


def pretrain_language_model(
    recipe: LanguageModelPretraining, out: Path, progress: Progress
) -> None:
    """Train a language model and save it, its tokenizer, recipe and loss curve to the folder `out`.

    progress is called with the number of steps since its last call, and their mean loss.
    """
    words = tokenizer.build()
    torch.manual_seed(recipe.seed)
    model = Qwen3ForCausalLM(language_config(recipe, words))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cast(torch.nn.Module, model).to(device)  # transformers' own annotation loses `self`

    def loss(batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        tokens, weights = (part.to(device) for part in batch)
        logits = model(input_ids=tokens, use_cache=False).logits[:, :-1].float()
        each = functional.cross_entropy(
            logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none"
        )
        return (each * weights[:, 1:].flatten()).sum() / weights[:, 1:].sum()

    curve = train(_courses(recipe, words), loss, model, progress)
    model.generation_config.do_sample = False
    save(out, model, recipe, curve, words)


def _courses(recipe: LanguageModelPretraining, words: PreTrainedTokenizerFast) -> list[Course]:
    """All phases, then a review at half the rates."""

    def course_of(
        steps: int, seed: int, phase_after: Callable[[int], Phase], factor: float
    ) -> Course:
        batches = documents(random.Random(seed), words, recipe.batch_size, phase_after)
        rates = recipe.muon_learning_rate, recipe.learning_rate
        return Course(steps, batches, *(rate * factor for rate in rates))

    review_seed = seed_of(recipe.seed, "review")
    courses = [
        course_of(recipe.steps, recipe.seed, lambda taken: phase_at(taken / recipe.steps), 1.0),
        course_of(recipe.review_steps, review_seed, lambda taken: REVIEW, 0.5),
    ]
    return [course for course in courses if course.steps]


def documents(
    rng: random.Random,
    words: PreTrainedTokenizerFast,
    questions: int,
    phase_after: Callable[[int], Phase],
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of token ids and loss weights, each (batch, length), padded on the right.

    Args:
        questions: about so many are in a batch, whatever the phase.
        phase_after: the phase after a number of batches; it changes at whole buckets.
    """
    for bucket in itertools.count():
        phase = phase_after(bucket * BUCKET)
        batch_size = max(1, questions // phase.questions)
        drawn = [_tokenized(rng, words, phase) for _ in range(batch_size * BUCKET)]
        drawn.sort(key=lambda pair: len(pair[0]))
        starts = list(range(0, len(drawn), batch_size))
        rng.shuffle(starts)
        for start in starts:
            yield _padded(drawn[start : start + batch_size], words.pad_token_id)


def _tokenized(
    rng: random.Random, words: PreTrainedTokenizerFast, phase: Phase
) -> tuple[list[int], list[float]]:
    """A document's token ids, and the weight of the loss on each."""
    ids: list[int] = []
    weights: list[float] = []
    for segment in document(rng, phase):
        piece = words(segment.text).input_ids if segment.text else []
        ids += piece
        weights += [segment.weight] * len(piece)
    return ids, weights


def _padded(
    rows: list[tuple[list[int], list[float]]], padding: int
) -> tuple[torch.Tensor, torch.Tensor]:
    length = max(len(ids) for ids, _ in rows)
    tokens = torch.full((len(rows), length), padding, dtype=torch.long)
    weight = torch.zeros(len(rows), length)
    for i, (ids, weights) in enumerate(rows):
        tokens[i, : len(ids)] = torch.tensor(ids)
        weight[i, : len(ids)] = torch.tensor(weights)
    return tokens, weight


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
