"""End-to-end evaluation: a vision-language model answers from the image itself, or blind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from transformers import LlavaOnevisionForConditionalGeneration

from .generation import Prompt, generate
from .modeling import Preprocessor
from .prompts import SETS
from .records import Answer, Question
from .study.configuration import Sampling
from .study.settings import Evaluate


def answer(
    model: LlavaOnevisionForConditionalGeneration,
    preprocessor: Preprocessor,
    root: Path,
    questions: Sequence[Question],
    blind: bool,
    settings: Evaluate,
    progress: Callable[[int], None] | None = None,
) -> list[Answer]:
    """Answer each question by greedy decoding, with its images or (blind) without them.

    root: the folder that image paths start from.
    """
    templates = SETS[settings.prompts]
    prompts = [
        Prompt(
            *preprocessor.ask(
                templates.end_to_end(q, settings.answer_form),
                [] if blind else [root / image for image in q.images],
            ),
            0,
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
        Answer(q.id, r.thinking.strip(), r.text, r.tokens, r.forced, r.truncated)
        for q, r in zip(questions, replies, strict=True)
    ]
