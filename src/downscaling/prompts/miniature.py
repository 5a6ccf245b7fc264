"""Templates worded for the miniature's vocabulary of a few hundred words."""

from __future__ import annotations

from pathlib import Path

from .templates import Prompts

PROMPTS = Prompts(
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


def prompts(repository: Path | None = None) -> Prompts:
    """These templates; they are read from no repository."""
    return PROMPTS
