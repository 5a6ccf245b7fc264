"""Answer one question about one image step by step, as the study does: what to look for, what is
seen, what follows from it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import TextStreamer

from ..config.generation import Mode
from ..data.load_image import image_size
from ..errors import UserError
from ..evaluation.perceive import perceive
from ..evaluation.reason import reason
from ..evaluation.vision_language import load as load_vision_language_model
from ..extraction.focus_phrases import observe
from ..generation.thinking import Tags
from ..models.assemble import load_language_model
from ..prompts.load import load as load_prompts
from ..prompts.official_texts import reflexive_ids
from ..records.rows import LETTERS, Description, Focus, Question
from ..scoring.parse_answer import PARSERS
from ..scoring.plain_text import bare, plain
from ..study.downloads import OFFICIAL
from ..study.study import Study
from .modules import Module

_ID = "ask"
_ROOT = Path("/")


@dataclass(frozen=True)
class Asked:
    """A question, and who answers it.

    Attributes:
        focus: the phrase that says what to look for, or the language model that writes it.
        seed: of the draws of the answer.

    Raises UserError for an image that cannot be read, a question without words, and options that
    are empty, a single one, more than there are letters, or one to an answer parser.
    """

    image: Path
    text: str
    options: tuple[str, ...]
    focus: Module | str
    perception: Module
    reasoning: Module
    mode: Mode
    seed: int

    def __post_init__(self) -> None:
        image_size(self.image)
        if not self.text.strip():
            raise UserError("no question; write one")
        if len(self.options) > len(LETTERS):
            raise UserError(f"{len(self.options)} options: at most {len(LETTERS)}, one a letter")
        read: dict[str, str] = {}
        for letter, option in zip(LETTERS, self.options, strict=False):
            if not option.strip():
                raise UserError(f"option {letter} is empty; write it or leave it out")
            form = bare(plain(option)) or option.strip()  # of an option of marks nothing is left
            if form in read:
                raise UserError(
                    f"options {read[form]} and {letter} are read as one, {option.strip()}; "
                    "leave one out"
                )
            read[form] = letter
        if len(self.options) == 1:
            raise UserError("1 option: at least 2, or none for an open question")

    @property
    def question(self) -> Question:
        """The question as the record that the study's steps read."""
        kind = "choice" if self.options else "prose"
        image = str(self.image.resolve().relative_to(_ROOT))
        return Question(_ID, "", "", "", (image,), self.text, self.options, "", kind)


@dataclass(frozen=True)
class Step:
    """What one module wrote.

    Attributes:
        name: "focus", "description", "thinking" or "answer".
        module: which wrote it; "" where the user gave it.
        seconds: of writing, without loading; thinking and answer are one reply, whose seconds the
            answer has.
        loading: seconds of loading the module.
        cut: the cap on tokens came first; of thinking, its budget closed it.
        option: of an answer, the letter that the study's answer parser reads in it.
    """

    name: str
    text: str
    module: str
    seconds: float = 0.0
    loading: float = 0.0
    cut: bool = False
    option: str | None = None


def ask(
    study: Study,
    asked: Asked,
    listen: Callable[[str], None] | None = None,
) -> Iterator[Step]:
    """The steps to an answer, each when it is taken, generated as the study's configuration says.
    One model is held at a time.

    listen: gets the words of the thinking as they are written.

    Raises UserError for a model, an image or published prompts that cannot be read.
    """
    if isinstance(asked.focus, str):
        focus = Step("focus", asked.focus, "")
    else:
        focus = _focus(study, asked, asked.focus)
    yield focus
    description = _description(study, asked, focus.text)
    yield description
    yield from _answer(study, asked, description.text, listen)


def values(asked: Asked, steps: list[Step]) -> dict[str, Any]:
    """A question and the steps to its answer as values for programs."""
    return {
        "image": str(asked.image),
        "question": asked.text,
        "options": list(asked.options),
        "mode": asked.mode,
        "seed": asked.seed,
        "steps": [dataclasses.asdict(step) for step in steps],
    }


def _focus(study: Study, asked: Asked, observer: Module) -> Step:
    watch = _Watch()
    model, tokenizer = load_language_model(observer.folder, study.configuration.precision)
    loading = watch.lap()
    (phrase,) = observe(
        model,
        tokenizer,
        [(_ID, asked.text)],
        load_prompts(study.data.worded),
        study.configuration.focus.max_new_tokens,
        batch_size=1,
    )
    return Step("focus", phrase.phrase, observer.name, watch.lap(), loading)


def _description(study: Study, asked: Asked, phrase: str) -> Step:
    watch = _Watch()
    model = load_vision_language_model(asked.perception.folder, study.configuration.precision)
    loading = watch.lap()
    (seen,) = perceive(
        model,
        _ROOT,
        [asked.question],
        [Focus(_ID, phrase)],
        load_prompts(study.configuration.prompts, _official(study)),
        study.configuration.perception.max_new_tokens,
        batch_size=1,
    )
    name = asked.perception.name
    return Step("description", seen.text, name, watch.lap(), loading, seen.truncated)


def _answer(
    study: Study,
    asked: Asked,
    description: str,
    listen: Callable[[str], None] | None,
) -> Iterator[Step]:
    """What was thought, if the module thinks, and its answer."""
    rule, thinks = study.configuration.reasoning, asked.mode == "think"
    watch = _Watch()
    model, tokenizer = load_language_model(asked.reasoning.folder, study.configuration.precision)
    loading = watch.lap()
    (answer,) = reason(
        model,
        tokenizer,
        [asked.question],
        [Description(_ID, description, 0, truncated=False)],
        asked.mode,
        load_prompts(study.configuration.prompts, _official(study)),
        study.configuration.answer_form,
        rule.think if thinks else rule.plain,
        rule.suppress,
        reflexive_ids(_official(study)) if rule.thinking == "official" else None,
        batch_size=1,
        seed=asked.seed,
        streamer=_Thinking(tokenizer, listen) if thinks and listen else None,
    )
    name, seconds = asked.reasoning.name, watch.lap()
    if thinks:
        yield Step("thinking", answer.thinking, name, cut=answer.forced)
    place = None
    if asked.options:
        place = PARSERS[study.configuration.scores.parser](answer.text, asked.question)
    option = None if place is None else LETTERS[place]
    yield Step("answer", answer.text, name, seconds, loading, answer.truncated, option)


def _official(study: Study) -> Path:
    """The paper's repository, which published prompts are read from."""
    return study.folder / study.paths.raw(OFFICIAL)


class _Watch:
    """Seconds since it was made, or since the last lap."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def lap(self) -> float:
        start, self._start = self._start, time.perf_counter()
        return self._start - start


class _Thinking(TextStreamer):
    """Hands on what is thought as it is written, without its tags and what follows them."""

    def __init__(self, tokenizer: Any, listen: Callable[[str], None]) -> None:
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self._listen, self._tags, self._is_closed = listen, Tags.of(tokenizer), False

    def put(self, value: torch.Tensor) -> None:
        """Called with the prompt, then with each token."""
        if self.next_tokens_are_prompt:
            super().put(value)  # type: ignore[no-untyped-call]
        elif int(value) == self._tags.close:
            self._is_closed = True
            self.end()  # type: ignore[no-untyped-call]
        elif not self._is_closed and int(value) != self._tags.open:
            super().put(value)  # type: ignore[no-untyped-call]

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
        """What was written since."""
        if text:
            self._listen(text)
