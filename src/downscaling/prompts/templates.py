"""What a set of templates holds: every text that a model reads, with places for what varies."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ..records.rows import LETTERS, Question

ANSWER = "Answer:"
OBSERVE = "Contents to observe:"


@dataclasses.dataclass(frozen=True)
class Prompts:
    """One set of templates. In braces: focus, description, question, choices, pairs, statements.

    caption: a short caption. detail: a description without a focus. perceive: one with a focus.
    choose: appended to a question that an image model answers. plain, think: the reasoning
    module's. observe: turns a question into a focus phrase (paper, figure A5). state, depict: the
    teacher's two steps (paper, section 4.1).
    """

    caption: str
    detail: str
    perceive: str
    choose_letter: str
    choose_text: str
    plain: str
    think: str
    ask_letter: str
    ask_text: str
    observe: str
    state: str
    depict: str

    def choices(self, options: Sequence[str], form: str) -> str:
        """The options as a model reads them: lettered for answers by letter, else listed in a line.

        form: "letter" or "text" (the answer is the option's own text).
        """
        if form == "letter":
            return "\n".join(f"{LETTERS[i]}. {option}" for i, option in enumerate(options))
        return "options: " + ", ".join(options)

    def requests(self) -> tuple[str, ...]:
        """How the requests to describe an image begin."""
        return self.caption, self.detail, self.perceive.split("{focus}")[0]

    def perception(self, focus: str) -> str:
        """The request for a description, with what it should attend to."""
        return self.perceive.format(focus=focus)

    def stating(self, pairs: Sequence[tuple[str, str]]) -> str:
        """The teacher's first step: questions and answers, a numbered line each, whatever line
        breaks they hold."""
        numbered = (
            f"{number}. Question: {' '.join(question.split())} Answer: {' '.join(answer.split())}"
            for number, (question, answer) in enumerate(pairs, 1)
        )
        return self.state.format(pairs="\n".join(numbered))

    def depicting(self, statements: Sequence[str]) -> str:
        """The teacher's second step: a request for a description that holds these."""
        return self.depict.format(statements="\n".join(f"- {told}" for told in statements))

    def joint(self, question: Question) -> str:
        """What stands between the images in front of a question."""
        return ""

    def end_to_end(self, question: Question, form: str) -> str:
        """The question as the model that sees the image reads it."""
        if not question.options:
            return question.text
        closing = self.choose_letter if form == "letter" else self.choose_text
        return "\n".join(
            part for part in (question.text, self.choices(question.options, form), closing) if part
        )

    def reasoning(self, question: Question, description: str, form: str, mode: str) -> str:
        """The question as the reasoning module reads it: with a description in place of the image.

        mode: "plain" or "think".
        """
        template = self.think if mode == "think" else self.plain
        return template.format(
            description=description,
            question=question.text,
            choices=self.choices(question.options, form),
            ask=self.ask_letter if form == "letter" else self.ask_text,
        )
