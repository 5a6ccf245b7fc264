"""The paper's own templates, put together as its code does; our own words where it has none.

Their texts are read from the paper's fetched repository and stand nowhere in this one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from ..records.files import RecordError
from ..records.rows import LETTERS, Question
from . import own
from .official_texts import (
    Teaching,
    literal,
    perception_prompt,
    reasoning_prompts,
    teacher_prompts,
)
from .templates import Prompts


@dataclasses.dataclass(frozen=True)
class Official(Prompts):
    """The paper's own wording, put together as its code does (lmms_eval_custom_files,
    visual_extraction_tuning_pipeline.py)."""

    teaching: Teaching

    def perception(self, focus: str) -> str:
        """The request, the phrase, and a full stop unless the phrase has one."""
        return self.perceive.format(focus=focus.removesuffix("."))

    def stating(self, pairs: Sequence[tuple[str, str]]) -> str:
        """The pairs as they are, and how many there are unless it is one."""
        told = [
            self.teaching.pair.format(number=number, question=question, answer=answer)
            for number, (question, answer) in enumerate(pairs, 1)
        ]
        several = self.teaching.several.format(count=len(told)) if len(told) != 1 else ""
        return self.teaching.state.format(pairs="".join(told), several=several)

    def depicting(self, statements: Sequence[str]) -> str:
        """The statements, a line each, as the first step is asked to write them."""
        return self.teaching.depict.format(statements="\n".join(statements))

    def choices(self, options: Sequence[str], form: str) -> str:
        """The options as MMStar's questions list them."""
        return "Options: " + ", ".join(f"{LETTERS[i]}: {text}" for i, text in enumerate(options))

    def reasoning(self, question: Question, description: str, form: str, mode: str) -> str:
        """Role, description, question, options and closing. A question that announces itself or
        opens with a hint gets no announcement."""
        announced = question.text.lower().startswith(("question:", "hint:"))
        return (self.think if mode == "think" else self.plain).format(
            description=description.removesuffix("\n"),
            question=question.text if announced else f"Question: {question.text}",
            choices=self.choices(question.options, form),
        )


def prompts(repository: Path | None = None) -> Prompts:
    """The paper's prompts.

    Args:
        repository: the folder of the paper's repository.

    Raises:
        RecordError: no repository, or a file in it does not hold the texts that it should.
    """
    if repository is None:
        raise RecordError(
            "official prompts are read from the paper's repository, and none is given"
        )
    perceive, reasoner = perception_prompt(repository), reasoning_prompts(repository)
    return assembled(perceive, *reasoner, teacher_prompts(repository))


def assembled(perceive: str, role: str, plain: str, think: str, teaching: Teaching) -> Official:
    """The paper's prompts from its texts; focus phrases and end-to-end answers, for which it has
    none, are worded as in `own`.

    perceive: the request for a description, up to where its phrase goes. role: the reasoning
    module's, up to the description. plain, think: what follows the question in each mode.
    """
    role, plain, think, perceive = map(literal, (role, plain, think, perceive))
    middle = "Description: {description}\n{question}\n{choices}"
    return Official(
        **dataclasses.asdict(own.PROMPTS)
        | {
            "perceive": perceive + "{focus}.",
            "plain": role + middle + plain,
            "think": role + middle + think,
        },
        teaching=teaching,
    )
