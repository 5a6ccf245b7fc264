"""Every template that a model reads, in named sets; a preset picks one with `prompts`.

`miniature` is worded for a vocabulary of a few hundred words; `own` is worded for real models. The
paper's own wording is not copied here: `official` puts it together from the texts of its fetched
repository (`sources.official`), and has our own words where that holds none.
"""

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


MINIATURE = Prompts(
    caption="describe the image briefly.",
    detail="describe the image in detail.",
    perceive="describe the image in detail. pay attention to {focus}.",
    choose_letter="answer with the letter.",
    choose_text="",
    plain="description: {description}\nquestion: {question}\n{choices}\n{ask}",
    think="description: {description}\nquestion: {question}\n{choices}\nthink. {ask}",
    ask_letter="answer with the letter.",
    ask_text="answer.",
    observe="question: {question}\nwhat should be observed?",
    state="{pairs}",
    depict="{statements}",
)

OWN = Prompts(
    caption="Give a short caption of the image.",
    detail="Describe the image in detail.",
    perceive=(
        "Describe what the image shows in fine detail: "
        "the scene, the objects and their attributes, "
        "how they relate and where they are, and any text. "
        "Above all, pay attention to {focus}."
    ),
    choose_letter="Reply with the letter of the right option.",
    choose_text="Reply with the right option.",
    plain=(
        "You are good at reasoning. "
        "You cannot see the image; a description of it is all you have.\n"
        "Description: {description}\nQuestion: {question}\n{choices}\n{ask}"
    ),
    think=(
        "You are good at reasoning. "
        "You cannot see the image; a description of it is all you have.\n"
        "Description: {description}\nQuestion: {question}\n{choices}\n"
        "Reason step by step. {ask}"
    ),
    ask_letter='End with a last line of the form "Answer: X", where X is the letter of an option.',
    ask_text='End with a last line of the form "Answer: X", where X is one of the options.',
    observe=(
        "Which visible details must somebody look at to answer a question about an image? "
        'Name them in one phrase after "Contents to observe:", without answering.\n'
        "Question: How many birds sit on the wire?\nContents to observe: the birds on the wire\n"
        "Question: What does the shop's sign say?\n"
        "Contents to observe: the text on the shop's sign\n"
        "Question: Is the dog left of the bench?\n"
        "Contents to observe: the positions of the dog and the bench\n"
        "Question: Which bar of the chart is the highest?\n"
        "Contents to observe: the heights and labels of the chart's bars\n"
        "Question: What season is it?\nContents to observe: signs of the season in the scene\n"
        "Question: {question}"
    ),
    state=(
        "Turn each numbered pair of a question and its answer into one declarative sentence that "
        "says the same. Write one sentence a line, in the same order, and nothing else.\n{pairs}"
    ),
    depict=(
        "Describe this image in detail for somebody who cannot see it. Every one of these facts "
        "must be part of the description:\n{statements}"
    ),
)

SETS = {"miniature": MINIATURE, "own": OWN}


@dataclasses.dataclass(frozen=True)
class Teaching:
    """The wording of the teacher's two steps. In braces: pairs, several (state); number, question,
    answer (pair); count (several); statements (depict).

    pair: one question with its answer. several: what is said where there are more of them.
    """

    state: str
    pair: str
    several: str
    depict: str


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


def official(perceive: str, role: str, plain: str, think: str, teaching: Teaching) -> Official:
    """The paper's prompts from its texts; focus phrases and end-to-end answers, for which it has
    none, are worded as in `OWN`.

    perceive: the request for a description, up to where its phrase goes. role: the reasoning
    module's, up to the description. plain, think: what follows the question in each mode.
    """
    role, plain, think, perceive = map(literal, (role, plain, think, perceive))
    middle = "Description: {description}\n{question}\n{choices}"
    own = dataclasses.asdict(OWN)
    return Official(
        **own
        | {
            "perceive": perceive + "{focus}.",
            "plain": role + middle + plain,
            "think": role + middle + think,
        },
        teaching=teaching,
    )


def literal(text: str) -> str:
    """A text as a template that stands for it."""
    return text.replace("{", "{{").replace("}", "}}")
