"""The paper's own templates, put together as its code does; our own words where it has none.

Their texts are read from the paper's fetched repository and stand nowhere in this one. How a
benchmark's question is laid out, and what asks for a letter end to end, are not in it: they are
those of lmms-eval's tasks, at the commit that it names. That the paper used them is inferred.
Source: github.com/EvolvingLMMs-Lab/lmms-eval, ed6a095, lmms_eval/tasks/mmstar and vmcbench, and
lmms_eval/models/simple/llava_onevision.py for images in front of a text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from ..records.files import RecordError
from ..records.rows import Question
from . import own
from .official_texts import (
    Teaching,
    literal,
    perception_prompt,
    reasoning_prompts,
    teacher_prompts,
)
from .templates import Prompts

REQUEST = "Answer with the option's letter from the given choices directly"


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

    def asked(self, question: Question, form: str) -> str:
        """The question with its options: as it was published where it lists them (MMStar), else
        announced, with a lettered line each (VMCBench)."""
        listed = self.choices(question.options, form)
        return question.published or f"Question: {question.text}\nOptions:\n{listed}\n"

    def joint(self, question: Question) -> str:
        """A blank, as lmms-eval's model puts where a text holds no place of an image. The families'
        texts are published with theirs, and stay as they are."""
        return "" if question.benchmark == "families" else " "

    def end_to_end(self, question: Question, form: str) -> str:
        """The question with its options, and the request for a letter, which the two tasks end
        differently."""
        if not question.options:
            return question.text
        asked = self.asked(question, form)
        if question.published:
            return f"{asked}\n{self.choose_letter}"
        return f"{asked}{self.choose_letter}.\n"

    def reasoning(self, question: Question, description: str, form: str, mode: str) -> str:
        """Role, description, question with options, closing. A question that announces itself or
        opens with a hint gets no announcement."""
        asked = self.asked(question, form)
        announced = asked.lower().startswith(("question:", "hint:"))
        return (self.think if mode == "think" else self.plain).format(
            description=description.removesuffix("\n"),
            question=asked if announced else f"Question: {asked}",
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
    """The paper's prompts from its texts; focus phrases, for which it has none, are worded as in
    `own`.

    perceive: the request for a description, up to where its phrase goes. role: the reasoning
    module's, up to the description. plain, think: what follows the question in each mode.
    """
    role, plain, think, perceive = map(literal, (role, plain, think, perceive))
    middle = "Description: {description}\n{question}"
    return Official(
        **dataclasses.asdict(own.PROMPTS)
        | {
            "perceive": perceive + "{focus}.",
            "choose_letter": REQUEST,
            "plain": role + middle + plain,
            "think": role + middle + think,
        },
        teaching=teaching,
    )
