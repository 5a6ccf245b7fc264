"""A reasoning module's answers, from descriptions and questions alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase
from transformers.generation.streamers import BaseStreamer

from ..config.generation import Mode
from ..generation.batching import Prompt
from ..generation.generate import generate
from ..generation.sampling import Sampling
from ..generation.words import published_ids, suppressed_ids
from ..models.dialogue import request
from ..prompts.templates import Prompts
from ..records.files import RecordError, seed_of
from ..records.rows import Answer, Description, Question


def reason(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    questions: Sequence[Question],
    descriptions: Sequence[Description],
    mode: Mode,
    templates: Prompts,
    answer_form: str,
    sampling: Sampling,
    suppress: Sequence[str],
    official: Sequence[int] | None,
    batch_size: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
    streamer: BaseStreamer | None = None,
) -> list[Answer]:
    """Answer each question from its description; with `think`, reason step by step within a budget.

    Sampling is seeded by (seed, question), so an answer depends on nothing else that runs. Raises
    RecordError for a question without a description.

    suppress: words that thinking may not use. official: the paper's own list of tokens in their
    place, and with it the count and the reach of the paper's code (`generate`). streamer: gets the
    tokens of a single question's reply as they are written.
    """
    texts = {entry.question: entry.text for entry in descriptions}
    lacking = [q.id for q in questions if q.id not in texts]
    if lacking:
        raise RecordError(f"no description for question {lacking[0]} ({len(lacking)} in all)")
    prompts = []
    for question in questions:
        content = templates.reasoning(question, texts[question.id], answer_form, mode)
        ids = request(tokenizer, content, thinking=mode == "think")
        prompts.append(Prompt(ids, {}, seed_of(seed, question.id)))
    if mode == "plain":
        unused = []
    elif official is None:
        unused = suppressed_ids(tokenizer, suppress)
    else:
        unused = published_ids(tokenizer, official)
    replies = generate(
        model,
        tokenizer,
        prompts,
        sampling,
        suppress=unused,
        thinking=mode == "think",
        official=official is not None,
        batch_size=batch_size,
        progress=progress,
        streamer=streamer,
    )
    return [
        Answer(q.id, r.thinking.strip(), r.text, r.tokens, r.forced, r.truncated)
        for q, r in zip(questions, replies, strict=True)
    ]
