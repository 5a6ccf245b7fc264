"""What to observe for a question: a phrase that a language model writes once, for all runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from transformers import PreTrainedTokenizerBase

from ..generation import Prompt, generate
from ..prompts import OBSERVE, SETS
from ..records import Focus
from ..study.configuration import Sampling
from ..study.settings import Observe


def observe(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    questions: Sequence[tuple[str, str]],
    settings: Observe,
    progress: Callable[[int], None] | None = None,
) -> list[Focus]:
    """A focus phrase for each (id, text) of `questions`, by greedy decoding (paper, figure A5).

    Equal texts are asked once, so a phrase depends on its question's text alone.
    """
    template = SETS[settings.prompts].observe
    texts = list(dict.fromkeys(text for _, text in questions))
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
        progress=progress,
    )
    phrases = {text: _phrase(reply.text) for text, reply in zip(texts, replies, strict=True)}
    return [Focus(identity, phrases[text]) for identity, text in questions]


def _phrase(reply: str) -> str:
    """What follows "Contents to observe:" on its line, or the reply's first line without it."""
    after = reply.partition(OBSERVE)[2].strip() or reply.strip()
    return after.split("\n")[0].strip().rstrip(".") if after else ""
