"""Our own templates, worded for real models."""

from __future__ import annotations

from pathlib import Path

from .templates import Prompts

PROMPTS = Prompts(
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


def prompts(repository: Path | None = None) -> Prompts:
    """These templates; they are read from no repository."""
    return PROMPTS
