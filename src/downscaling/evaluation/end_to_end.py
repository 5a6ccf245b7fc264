"""End-to-end evaluation: a vision-language model answers from the image itself, or blind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..prompts.templates import Prompts
from ..records.rows import Answer, Question
from .vision_language import Ask, VisionLanguageModel


def answer(
    model: VisionLanguageModel,
    root: Path,
    questions: Sequence[Question],
    blind: bool,
    prompts: Prompts,
    answer_form: str,
    max_new_tokens: int,
    batch_size: int,
    progress: Callable[[int], None] | None = None,
) -> list[Answer]:
    """Answer each question by greedy decoding, with its images or (blind) without them; then their
    places in it are text.

    root: the folder that image paths start from.
    """
    texts = [prompts.end_to_end(question, answer_form) for question in questions]
    asks = [
        Ask(text)
        if blind
        else Ask(text, [root / image for image in q.images], q.placed, prompts.joint(q))
        for q, text in zip(questions, texts, strict=True)
    ]
    replies = model.replies(asks, max_new_tokens, batch_size, progress)
    return [
        Answer(q.id, r.thinking.strip(), r.text, r.tokens, r.forced, r.truncated)
        for q, r in zip(questions, replies, strict=True)
    ]
