"""The rows that pass between stages: every record is a frozen dataclass, a column is named once."""

from __future__ import annotations

import dataclasses

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLACE = "<image>"
"""How a text spells the place of an image, where its record says that it holds some."""


@dataclasses.dataclass(frozen=True)
class Turn:
    """One exchange of a conversation: what the person asks, what the model should reply. The first
    `placed` times that the prompt spells `PLACE`, an image stands there; a further time is text."""

    prompt: str
    reply: str
    placed: int = 0


@dataclasses.dataclass(frozen=True)
class Sample:
    """One training conversation. `images` are paths relative to the preset's result folder, in
    the order in which they are shown: those that no turn has placed stand before the first
    prompt."""

    id: str
    set: str
    images: tuple[str, ...]
    turns: tuple[Turn, ...]


@dataclasses.dataclass(frozen=True)
class Question:
    """One evaluation question. `kind` is "choice" (answer: a letter into `options`), or without
    options "box" (answer: four numbers as text), "equal", "unstopped" or "within" (a word or
    phrase), "soft" (what ten people answered, a line each) or "prose" (sentences). How each is
    scored: docs/scoring.md.

    `published` is the whole text of a benchmark's question that lists its options itself, as it was
    published; "" where they are published apart. The last `placed` of its images stand where text
    and options first spell `PLACE`, the others before the text."""

    id: str
    benchmark: str
    category: str
    axis: str
    images: tuple[str, ...]
    text: str
    options: tuple[str, ...]
    answer: str
    kind: str
    published: str = ""
    placed: int = 0

    @property
    def gold(self) -> str:
        """The right answer as text: the option's text for a choice, what people said without
        repetition where several were asked, the answer itself otherwise."""
        if self.kind == "soft":
            return ", ".join(dict.fromkeys(self.answer.split("\n")))
        return self.options[LETTERS.index(self.answer)] if self.options else self.answer


@dataclasses.dataclass(frozen=True)
class Fact:
    """One thing a question needs from its image, as two regular expressions over a description:
    one that matches when the description states it, one that matches when it states it wrongly."""

    question: str
    name: str
    states: str
    misstates: str


@dataclasses.dataclass(frozen=True)
class Focus:
    """What a description should attend to for a question (paper, figure A5)."""

    question: str
    phrase: str


@dataclasses.dataclass(frozen=True)
class Description:
    """A perception module's text for a question. `truncated`: cut at the token cap."""

    question: str
    text: str
    tokens: int
    truncated: bool


@dataclasses.dataclass(frozen=True)
class Answer:
    """A model's reply to a question. `thinking` is what stood between the think tags, empty in
    plain mode; `forced`: the budget closed the thinking; `truncated`: cut at the token cap."""

    question: str
    thinking: str
    text: str
    tokens: int
    forced: bool
    truncated: bool


@dataclasses.dataclass(frozen=True)
class Parse:
    """What one answer parser found in an answer. `found` is worded as the right answer is, "" where
    it found nothing; `option` is the place of the option that it names, -1 for none; `worth` is 1
    for what is right, 0 for what is not, and may lie between for kinds "soft" and "prose"."""

    parser: str
    is_found: bool
    found: str
    option: int
    worth: float


@dataclasses.dataclass(frozen=True)
class GradedAnswer:
    """An answer of one run with one seed, graded once: all that scores, sample logs and the report
    say of it but its words. `tokens`, `forced` and `truncated` are those of the answer."""

    perception: str
    reasoning: str
    mode: str
    seed: str
    benchmark: str
    question: str
    tokens: int
    forced: bool
    truncated: bool
    parses: tuple[Parse, ...]


@dataclasses.dataclass(frozen=True)
class Score:
    """One number with its 95 % interval: a row of the tidy table `scores.csv`.

    `training` says what of training the interval holds: "none" where no training touched the model,
    "seeds" where the spread over this study's seeds, "reference" where that of a reference, and
    "seen once" where nothing. `seeds` are the trainings behind the value, 0 for none. `sd` is the
    standard deviation over seeds, `chance_sd` how large it would be if each training only erred on
    other questions, `df` its degrees of freedom; empty where not known. `question_low` and
    `question_high` bound what the draw of questions alone adds.
    """

    preset: str
    seed: str
    perception: str
    reasoning: str
    mode: str
    benchmark: str
    category: str
    metric: str
    parser: str
    value: float
    low: float
    high: float
    n: int
    training: str
    seeds: int
    sd: float | None
    chance_sd: float | None
    df: float | None
    question_low: float
    question_high: float


@dataclasses.dataclass(frozen=True)
class SpreadRow:
    """How far the trainings of a recipe lie apart in one number: a row of `spread.csv`.

    A number is a score (`comparison` is "") or a difference (`perception`, `reasoning` and `mode`
    are ""). `mean` and `sd` are over `seeds` trainings, so `sd` has one degree of freedom fewer;
    `chance_sd` is as in `Score`. Raises ValueError for what no table of trainings can hold.
    """

    comparison: str
    perception: str
    reasoning: str
    mode: str
    benchmark: str
    category: str
    metric: str
    parser: str
    seeds: int
    mean: float
    sd: float
    chance_sd: float

    def __post_init__(self) -> None:
        if self.seeds < 2:
            raise ValueError(f"a spread is over two seeds or more, not {self.seeds}")
        if not (self.sd >= 0 and self.chance_sd >= 0):
            raise ValueError(f"a standard deviation is 0 or more, not {self.sd}, {self.chance_sd}")
