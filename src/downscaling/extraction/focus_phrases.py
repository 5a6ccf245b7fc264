"""What to observe for a question: a phrase that a language model writes once, for all runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from ..generation.batching import Prompt
from ..generation.generate import generate
from ..generation.sampling import Greedy
from ..models.dialogue import request
from ..prompts.templates import OBSERVE, Prompts
from ..records.rows import Focus
from ..runtime.resume_log import ResumeLog

BATCHES = 64  # between two entries in the log: many, so that like lengths share a batch


def observe(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    questions: Sequence[tuple[str, str]],
    prompts: Prompts,
    max_new_tokens: int,
    batch_size: int,
    log: ResumeLog | None = None,
) -> list[Focus]:
    """A focus phrase for each (id, text) of `questions`, by greedy decoding (paper, figure A5).

    Equal texts are asked once, so a phrase depends on its question's text alone. Phrases that the
    log holds are not asked for again; it gets new ones some batches at a time.
    """
    log = log or ResumeLog()
    texts = list(dict.fromkeys(text for _, text in questions))
    waiting = [text for text in texts if text not in log.finished]
    size = BATCHES * batch_size
    for start in range(0, len(waiting), size):
        texts_now = waiting[start : start + size]
        phrases = _phrases(model, tokenizer, texts_now, prompts.observe, max_new_tokens, batch_size)
        log.add(dict(zip(texts_now, phrases, strict=True)))
    return [Focus(identity, log.finished[text]) for identity, text in questions]


def _phrases(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    template: str,
    max_new_tokens: int,
    batch_size: int,
) -> list[str]:
    asked = []
    for text in texts:
        ids = request(tokenizer, template.format(question=text), thinking=False)
        asked.append(Prompt(ids, {}, 0))
    replies = generate(
        model,
        tokenizer,
        asked,
        Greedy(max_new_tokens),
        batch_size=batch_size,
    )
    return [_phrase(reply.text) for reply in replies]


def _phrase(reply: str) -> str:
    """What follows "Contents to observe:" on its line, or the reply's first line without it."""
    after = reply.partition(OBSERVE)[2].strip() or reply.strip()
    return after.split("\n")[0].strip().rstrip(".") if after else ""
