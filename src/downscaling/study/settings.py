"""What each verb reads: one type a verb, passed to it as one JSON object."""

from __future__ import annotations

import json
from typing import Any, Literal

from ..config.backbones import Shape, TowerRecipe
from ..config.block import Block
from ..config.generation import Sampling
from ..config.scores import Reader
from ..config.teacher import Asking
from ..config.tunings import Layout, TuningSettings


class Render(Block):
    """What the renderer reads: how many questions of which kind, and how they are worded."""

    seed: int
    train: dict[str, int]
    test: int
    in_domain: int
    out_of_domain: int
    prompts: str
    answer_form: str


class Prepare(Block):
    """What an adapter reads: for each benchmark that it makes, the categories that count; of
    published sets and families, how many rows are taken at most, drawn with `seed`."""

    benchmarks: dict[str, list[str]]
    train: dict[str, int]
    test: dict[str, int]
    seed: int
    missing_share: float


class LanguageModel(Shape):
    """What the pretraining of a language model reads."""

    steps: int
    review_steps: int
    batch_size: int
    learning_rate: float
    muon_learning_rate: float
    seed: int


class Tower(TowerRecipe):
    """What the pretraining of the vision tower reads."""

    seed: int


class Probe(Block):
    """What the linear probe of the vision tower reads."""

    seed: int


class Features(Block):
    """What the encoding of the training images reads."""

    images: str
    batch_size: int


class Tuning(TuningSettings):
    """What tuning reads, besides the data on its command line."""

    layout: Layout
    precision: Literal["float32", "bfloat16"]
    seed: int


class Observe(Block):
    """What the writing of focus phrases reads."""

    prompts: str
    max_new_tokens: int
    batch_size: int
    precision: str


class Teach(Block):
    """What each step of the teacher reads: all that decides its replies. `asking` is null for the
    oracle, `precision` for a model that does not run in the job."""

    engine: Literal["oracle", "transformers", "openai"]
    asking: Asking | None
    precision: str | None
    prompts: str
    seed: int


class Converse(Block):
    """What turns the teacher's descriptions into conversations."""

    prompts: str


class Perceive(Block):
    """What the writing of descriptions reads."""

    prompts: str
    max_new_tokens: int
    batch_size: int
    precision: str


class Reason(Block):
    """What answering from a description reads."""

    sampling: Sampling
    suppress: list[str]
    prompts: str
    answer_form: Literal["letter", "text"]
    batch_size: int
    precision: str
    seed: int


class Evaluate(Block):
    """What answering from the image reads."""

    prompts: str
    answer_form: Literal["letter", "text"]
    max_new_tokens: int
    batch_size: int
    precision: str


class Comparison(Block):
    """A difference to estimate: the mean accuracy of the runs on the left minus that of the runs on
    the right, on each category of the benchmarks, over the same questions."""

    name: str
    left: list[list[str]]
    right: list[list[str]]
    benchmarks: list[str]


class Scored(Block):
    """A run that is scored: on which benchmarks (`families` stands for all of them), and of which
    seeds its answers are."""

    perception: str
    reasoning: str
    mode: str
    benchmarks: list[str]
    seeds: list[int]


class Scoring(Block):
    """What the scores are made of. `descriptions` gives the seeds of each perception module's;
    `facts` names, under the preset's folder, the file of each benchmark whose truth is known."""

    preset: str
    seeds: list[int]
    benchmarks: list[str]
    families: list[str]
    runs: list[Scored]
    descriptions: dict[str, list[int]]
    comparisons: list[Comparison]
    facts: dict[str, str]
    reader: Reader
    bootstrap: int
    seed: int


class Exporting(Block):
    """What sample logs are made of."""

    families: list[str]
    runs: list[Scored]
    reader: Reader


class Reading(Block):
    """What figures, tables and the validity check read, besides the scores."""

    preset: str
    sizes: list[str]
    families: list[str]
    reader: Reader


class Reporting(Block):
    """What the report reads, besides what it finds under the preset's folder. `descriptions` gives
    the seeds of each perception module's; `truth` names the folder of each benchmark whose gold
    descriptions and facts are known; `configuration` is shown."""

    preset: str
    sizes: list[str]
    seeds: list[int]
    benchmarks: list[str]
    families: list[str]
    runs: list[Scored]
    descriptions: dict[str, list[int]]
    truth: dict[str, str]
    reader: Reader
    configuration: dict[str, Any]


class Packing(Block):
    """What the crate of a run holds besides what lies under the preset's folder."""

    preset: str
    configuration: dict[str, Any]


def as_json(block: Block) -> str:
    """A verb's values as one JSON object whose text depends on the values alone."""
    return json.dumps(block.values(), sort_keys=True, ensure_ascii=False)
