"""A perception module's descriptions of the images of a benchmark, one for each question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..prompts.templates import Prompts
from ..records.files import RecordError
from ..records.rows import Description, Focus, Question
from .vision_language import Ask, VisionLanguageModel


def perceive(
    model: VisionLanguageModel,
    root: Path,
    questions: Sequence[Question],
    focus: Sequence[Focus],
    prompts: Prompts,
    max_new_tokens: int,
    batch_size: int,
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
    asks = [
        Ask(
            prompts.perception(phrases[q.id]),
            [root / image for image in q.images],
            joint=prompts.joint(q),
        )
        for q in questions
    ]
    replies = model.replies(asks, max_new_tokens, batch_size, progress)
    return [
        Description(question.id, reply.text.strip(), reply.tokens, reply.truncated)
        for question, reply in zip(questions, replies, strict=True)
    ]
