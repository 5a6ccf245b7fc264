"""Batched generation: one call for a language model and for one that sees images.

The decoding loop is transformers' own. What stands here is what the study adds to it: a draw that
depends on the question alone, a thinking budget, suppressed words, and the way from prompts to
texts and back into the given order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import torch
from transformers import (
    GenerationConfig,
    LogitsProcessorList,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    StoppingCriteriaList,
)
from transformers.generation.streamers import BaseStreamer

from ..models.positions import check_positions
from .batching import Prompt, batches, collate
from .ends import end_ids
from .sampling import Sampling, processors
from .thinking import AnswerCap, Budget, Suppression, Tags, Track, longest_thinking, split
from .words import near_misses, special_ids, suppressed_ids

SHORTER = "lower max_new_tokens or thinking_budget"
__all__ = [
    "Generated",
    "Prompt",
    "Sampling",
    "generate",
    "near_misses",
    "suppressed_ids",
]


@dataclass(frozen=True)
class Generated:
    """What a model wrote for one prompt.

    thinking: what stood between the think tags, without them; empty in plain mode and for a model
        that did not think.
    text: what follows `</think>`, and nothing where the thinking was never closed; all of it in
        plain mode and for a model that used neither tag. Special tokens are left out; white space
        stays as it was written.
    tokens: how many tokens the model wrote: thinking, tags, answer, forced tokens and the
        end-of-turn token, but no padding.
    forced: the budget closed the thinking.
    truncated: the cap came before an end-of-turn token.
    """

    thinking: str
    text: str
    tokens: int
    forced: bool
    truncated: bool


def generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[Prompt],
    sampling: Sampling,
    *,
    suppress: Iterable[int] = (),
    thinking: bool = False,
    official: bool = False,
    batch_size: int = 64,
    progress: Callable[[int], None] | None = None,
    streamer: BaseStreamer | None = None,
) -> list[Generated]:
    """Let a model answer prompts; the answers come in the order of the prompts.

    Prompts of like length share a batch, padded on the left whatever any `padding_side` says. A
    draw depends on the prompt's own seed (`sampling.Gumbel`) and a budget on the row's own tokens,
    so that an answer does not depend on the rest of its batch. One thing cannot be taken out: a
    batch of another shape may run through another kernel, whose rounding can tip a near tie
    (seldom in float32, more often in bfloat16).

    Of what the model's folder says of generation only the ends of a turn apply, beside those of its
    tokenizer (`ends.end_ids`); for the rest `sampling` alone counts.

    In plain mode a model writes at most `max_new_tokens` tokens. In thinking mode a prompt ends
    with `<|im_start|>assistant\\n` or within an opened think block; thinking takes at most
    `thinking_budget` tokens, its closing tag among them, and what stands outside it at most
    `max_new_tokens`. A tag with which the model opens its thinking by itself comes on top. Without
    a budget (None) thinking and answer share `max_new_tokens`.

    Args:
        model: one of transformers' that generates: Qwen3ForCausalLM, or, for prompts with images,
            LlavaOnevisionForConditionalGeneration.
        tokenizer: the model's own.
        suppress: token ids not to be used while thinking (see `suppressed_ids`). Special tokens,
            tags and the newline are never suppressed; in plain mode nothing is.
        thinking: apply budget and suppression, and part the thinking from the answer.
        official: as in the paper's code, a budget counts from the row's first token on, `<think>`
            among them, so that `</think>` comes one token earlier; suppression goes on after the
            thinking; and budget and `max_new_tokens` together are the cap of thinking and answer
            together.
        batch_size: prompts in a batch, at most.
        progress: called after every batch with the number of prompts it held.
        streamer: gets the tokens of a single prompt as they are written.

    Raises:
        ModelError: no end-of-turn token; in thinking mode, no think tags in the tokenizer; or too
            few positions for the longest prompt and what may follow it.
        ValueError: an empty prompt, or images of a wrong shape.
    """
    named = model.generation_config.eos_token_id if model.generation_config else None
    ends = end_ids(tokenizer, named)
    tags = Tags.of(tokenizer) if thinking else None
    suppressed: list[int] = []
    if tags is not None:
        suppressed = sorted(set(suppress) - special_ids(tokenizer) - {tags.newline})
    run = _Run(model, tokenizer, sampling, tags, official, suppressed, ends, streamer)
    read = max((len(prompt.ids) for prompt in prompts), default=0)
    check_positions(model, read, run.longest, SHORTER)
    answers: dict[int, Generated] = {}
    with _undisturbed(model):
        for numbers in batches(prompts, batch_size):
            batch = [prompts[number] for number in numbers]
            for number, row in zip(numbers, run.write(batch), strict=True):
                answers[number] = run.read(prompts[number], row)
            if progress is not None:
                progress(len(batch))
    return [answers[number] for number in range(len(prompts))]


@dataclass(frozen=True)
class _Run:
    """What holds for every batch of a call. `tags` is None in plain mode."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    sampling: Sampling
    tags: Tags | None
    official: bool
    suppressed: Sequence[int]
    ends: Sequence[int]
    streamer: BaseStreamer | None

    @property
    def cap(self) -> int:
        """How many tokens a row may write outside its thinking; with `official` in all."""
        shared = (self.sampling.thinking_budget or 0) if self.official else 0
        return self.sampling.max_new_tokens + shared

    @property
    def longest(self) -> int:
        """How many tokens a row may write in all: one more than answer and thinking, for the tag
        with which a model may open its thinking. It gives the other rows nothing: each of them is
        stopped by the cap on its own answer."""
        budget = self.sampling.thinking_budget
        if self.tags is None or budget is None or self.official:
            return self.cap
        return self.cap + longest_thinking(budget) + 1

    def write(self, batch: Sequence[Prompt]) -> list[list[int]]:
        """The new token ids of each prompt; a row that ended early is padded at its end."""
        pad = self.tokenizer.pad_token_id
        pad = self.ends[0] if pad is None else pad
        inputs = collate(batch, pad, self.model.device, self.model.dtype)
        width = inputs["input_ids"].shape[1]
        steps, stops = LogitsProcessorList(), StoppingCriteriaList()
        if self.tags is not None:
            opened = [self.tags.opened_by(prompt.ids) for prompt in batch]
            track = Track(self.tags, width, opened, counts_all=self.official)
            if not self.official:
                stops.append(AnswerCap(track, self.sampling.max_new_tokens))
            if self.suppressed:
                steps.append(Suppression(track, self.suppressed, everywhere=self.official))
            if self.sampling.thinking_budget is not None:
                steps.append(Budget(track, self.sampling.thinking_budget))
        steps.extend(processors(self.sampling, [prompt.seed for prompt in batch], width))
        config = GenerationConfig(
            do_sample=False,
            max_new_tokens=self.longest,
            eos_token_id=list(self.ends),
            pad_token_id=pad,
        )
        output = cast(Callable[..., torch.Tensor], self.model.generate)(
            **inputs,
            generation_config=config,
            logits_processor=steps,
            stopping_criteria=stops,
            streamer=self.streamer,
        )
        return cast(list[list[int]], output[:, width:].tolist())

    def read(self, prompt: Prompt, row: Sequence[int]) -> Generated:
        """A row of new token ids, padding and all, as text."""
        opened = self.tags is not None and self.tags.opened_by(prompt.ids)
        parts = split(row, self.tags, opened, self.ends, self.cap)
        budget, closed_at = self.sampling.thinking_budget, parts.closed_at
        if self.official:
            closed_at = parts.close
        return Generated(
            thinking=self._text(parts.thinking),
            text=self._text(parts.answer),
            tokens=parts.tokens,
            forced=budget is not None
            and closed_at is not None
            and closed_at >= longest_thinking(budget),
            truncated=not parts.ended,
        )

    def _text(self, ids: Sequence[int]) -> str:
        return str(
            self.tokenizer.decode(
                list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        )


@contextmanager
def _undisturbed(model: PreTrainedModel) -> Iterator[None]:
    """Run a model as this module says.

    transformers fills each generation setting that a call leaves open from the model's own
    generation_config (Qwen3's folder brings top_k 20, say), so that is put aside for the while.
    """
    own, training = model.generation_config, model.training
    model.generation_config = GenerationConfig()
    model.train(False)
    try:
        yield
    finally:
        model.generation_config = own
        model.train(training)
