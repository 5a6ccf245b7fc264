"""What to observe for a question: a phrase that a language model writes once, for all runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from transformers import PreTrainedTokenizerBase

from ..config.configuration import Sampling
from ..generation.batching import Prompt
from ..generation.generate import generate
from ..prompts.templates import OBSERVE, SETS
from ..records.rows import Focus
from ..runtime.resume_log import Journal
from ..study.settings import Observe

BATCHES = 64  # between two entries in the journal: many, so that like lengths share a batch


def observe(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    questions: Sequence[tuple[str, str]],
    settings: Observe,
    journal: Journal | None = None,
) -> list[Focus]:
    """A focus phrase for each (id, text) of `questions`, by greedy decoding (paper, figure A5).

    Equal texts are asked once, so a phrase depends on its question's text alone. Phrases that the
    journal holds are not asked for again; it gets new ones some batches at a time.
    """
    journal = journal or Journal()
    texts = list(dict.fromkeys(text for _, text in questions))
    waiting = [text for text in texts if text not in journal.finished]
    size = BATCHES * settings.batch_size
    for start in range(0, len(waiting), size):
        some = waiting[start : start + size]
        journal.add(dict(zip(some, _phrases(model, tokenizer, some, settings), strict=True)))
    return [Focus(identity, journal.finished[text]) for identity, text in questions]


def _phrases(
    model: Any, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], settings: Observe
) -> list[str]:
    template = SETS[settings.prompts].observe
    asked = []
    for text in texts:
        message = [{"role": "user", "content": template.format(question=text)}]
        ids = tokenizer.apply_chat_template(
            message, add_generation_prompt=True, enable_thinking=False, return_dict=False
        )
        asked.append(Prompt(tuple(cast(list[int], ids)), {}, 0))
    replies = generate(
        model,
        tokenizer,
        asked,
        Sampling.greedy(settings.max_new_tokens),
        batch_size=settings.batch_size,
    )
    return [_phrase(reply.text) for reply in replies]


def _phrase(reply: str) -> str:
    """What follows "Contents to observe:" on its line, or the reply's first line without it."""
    after = reply.partition(OBSERVE)[2].strip() or reply.strip()
    return after.split("\n")[0].strip().rstrip(".") if after else ""
