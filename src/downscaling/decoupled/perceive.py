"""A perception module's descriptions of the images of a benchmark, one for each question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from transformers import LlavaOnevisionForConditionalGeneration

from ..generation import Prompt, generate
from ..modeling import Preprocessor
from ..prompts import SETS
from ..records import Description, Focus, Question, RecordError
from ..study.configuration import Sampling
from ..study.settings import Perceive


def perceive(
    model: LlavaOnevisionForConditionalGeneration,
    preprocessor: Preprocessor,
    root: Path,
    questions: Sequence[Question],
    focus: Sequence[Focus],
    settings: Perceive,
    progress: Callable[[int], None] | None = None,
) -> list[Description]:
    """Describe each question's image with attention to its focus phrase, by greedy decoding.

    root: the folder that image paths start from. Raises RecordError for a question without a
    phrase.
    """
    phrases = {entry.question: entry.phrase for entry in focus}
    lacking = [q.id for q in questions if q.id not in phrases]
    if lacking:
        raise RecordError(f"no focus phrase for question {lacking[0]} ({len(lacking)} in all)")
    template = SETS[settings.prompts].perceive
    prompts = [
        Prompt(
            *preprocessor.ask(template.format(focus=phrases[q.id]), [root / i for i in q.images]), 0
        )
        for q in questions
    ]
    replies = generate(
        model,
        preprocessor.tokenizer,
        prompts,
        Sampling.greedy(settings.max_new_tokens),
        batch_size=settings.batch_size,
        progress=progress,
    )
    return [
        Description(question.id, reply.text.strip(), reply.tokens, reply.truncated)
        for question, reply in zip(questions, replies, strict=True)
    ]
