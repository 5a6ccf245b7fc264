"""The configuration as typed values: what config.yaml and the presets may hold.

A block of values that a verb reads whole (how to sample, how to tune) is the same type in the
configuration and in the verb. Keys without a default must stand in config.yaml. Field docstrings
become the descriptions of the JSON schema.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from .block import Block, Count, Name, Positive, Rate, Size, SourceName
from .errors import StudyError, sentence
from .external import External
from .teacher import Teacher
from .tunings import SharedSettings, Stage

Mode = Literal["plain", "think"]
Reader = Literal["last-line", "first-letter", "robust"]


class Data(Block):
    """Where the data come from and how much of them there is."""

    source: Literal["rendered", "published"]
    """rendered: the miniature's own images, whose truth is known; published: fetched"""
    seed: Count
    """of the rendering, and of what is taken of a published set"""
    train: dict[Name, Count]
    """conversations per training set, of a published one at most; 0 leaves a set out"""
    test: Positive
    """evaluation questions per family, of a published one at most"""
    in_domain: Positive = Field(alias="in-domain")
    """questions per category of the rendered VMCBench"""
    out_of_domain: Positive = Field(alias="out-of-domain")
    """questions per second-level axis of the rendered MMStar"""


class Sources(Block):
    """How published sets and weights are had."""

    lock: Annotated[str, Field(min_length=1)]
    """the revisions and digests that they are held to; beside the Snakefile, or an absolute path"""
    mirrors: dict[SourceName, str]
    """folders (absolute paths) or addresses in place of a source's home, by its name"""
    missing_share: Annotated[float, Field(ge=0, le=1)]
    """share of a set's rows that may be lost to images which cannot be had; above it, preparing
    fails"""


class Benchmark(Block):
    """A multiple-choice benchmark: some categories of a published one."""

    source: Literal["vmcbench", "mmstar"]
    """the published benchmark whose rows it takes"""
    categories: Annotated[list[str], Field(min_length=1)]
    """the categories that count, in the order of the tables"""


class Shape(Block):
    """The shape of one pretrained transformer."""

    hidden_size: Positive
    layers: Positive
    heads: Positive
    feed_forward: Positive
    """width of the feed-forward layers"""


class TowerRecipe(Shape):
    """How the vision tower is built and pretrained."""

    steps: Positive
    batch_size: Positive
    learning_rate: Rate


class Recipe(Block):
    """How backbones are pretrained: every size on the same tokens."""

    seed: Count
    steps: Positive
    """optimiser steps of each language model"""
    review_steps: Count
    """steps of a second, shorter course at half the learning rates, on what takes longest"""
    batch_size: Positive
    """questions a step, whatever the phase of the curriculum"""
    learning_rate: Rate
    """of everything but the layers' matrices (AdamW)"""
    muon_learning_rate: Rate
    """of the layers' matrices (Muon)"""
    ladder: dict[Size, Shape]
    """the shape of each size"""
    tower: TowerRecipe


class Backbones(Block):
    """The pretrained language models and the vision tower."""

    source: Literal["shipped", "retrained", "hub"]
    """shipped: copied from `folder`, digests checked; retrained: made anew by `recipe`; hub:
    fetched, as `weights` says"""
    folder: str
    """where the shipped ones lie, beside the Snakefile"""
    sizes: Annotated[list[Size], Field(min_length=1)]
    """names of the language models, largest first"""
    recipe: Recipe | None = None
    """needed where `source` is retrained"""
    weights: dict[str, SourceName]
    """of each size and of tower, the source that is fetched, where `source` is hub"""


class Focus(Block):
    """Generation of the focus phrases: greedy, by the largest language model."""

    max_new_tokens: Positive
    batch_size: Positive


class Perception(Block):
    """Generation of descriptions: greedy."""

    max_new_tokens: Positive
    batch_size: Positive


class EndToEnd(Block):
    """Generation of answers from the image itself: greedy."""

    max_new_tokens: Positive
    batch_size: Positive


class Sampling(Block):
    """How tokens are drawn."""

    temperature: Rate
    """0 takes the likeliest token"""
    top_p: Annotated[float, Field(gt=0, le=1)]
    top_k: Count
    """0 keeps every token"""
    max_new_tokens: Positive
    """cap on what is written outside the thinking"""
    thinking_budget: Positive | None = None
    """cap on the thinking, in tokens"""

    @classmethod
    def greedy(cls, max_new_tokens: int) -> Sampling:
        """Always the likeliest token."""
        return cls(temperature=0.0, top_p=1.0, top_k=0, max_new_tokens=max_new_tokens)


class Reasoning(Block):
    """Generation of answers from a description."""

    plain: Sampling
    think: Sampling
    suppress: list[str]
    """words of self-reflection that thinking may not use (NoWait)"""
    batch_size: Positive


class EndToEndRuns(Block):
    """The models that answer from the image."""

    models: list[str]
    """with the image"""
    blind: list[str]
    """without it"""


class Pairs(Block):
    """A cross product of decoupled runs; those with one reasoning module and mode are one job."""

    perception: Annotated[list[str], Field(min_length=1)]
    """perception modules `<tuning>-<size>`, or gold for the miniature's true descriptions, or names
    of `external`"""
    reasoning: Annotated[list[str], Field(min_length=1)]
    """reasoning modules: sizes of the language model, or names of `external.reasoners`"""
    modes: Annotated[list[Mode], Field(min_length=1)]


class Runs(Block):
    """What is evaluated."""

    end_to_end: EndToEndRuns
    decoupled: list[Pairs]


class Scores(Block):
    """How answers become numbers."""

    reader: Reader
    """whose reading of the answers the figures show"""
    bootstrap: Positive
    """resamples of an interval"""
    seed: Count
    """of the resampling"""


class Job(Block):
    """What a job asks for."""

    gpu: Count
    """GPUs; 0 runs it on the CPU"""
    mem_mb: Positive
    """memory in MB, times the attempt"""
    runtime: Positive
    """minutes, times the attempt"""


class Jobs(Block):
    """What each kind of job asks for."""

    light: Job
    """data, tables and figures"""
    fetch: Job
    """downloads"""
    backbones: Job
    """pretraining, and the conversion of released checkpoints"""
    tune: Job
    tune_by_size: dict[Size, Job]
    """of tunings at these sizes, in place of `tune`"""
    teach: Job
    """the teacher's two steps"""
    perceive: Job
    """everything that reads images: descriptions, end-to-end answers, features, the probe"""
    reason: Job
    """answers from descriptions, and focus phrases"""
    per_gpu: Positive
    """jobs that share one GPU, where no scheduler hands GPUs out"""


class Configuration(Block):
    """The whole of config.yaml."""

    preset: Name
    """names the folder of the results, results/<preset>"""
    seeds: Annotated[list[Count], Field(min_length=1)]
    """each seed trains and evaluates every model once"""
    prompts: Literal["miniature", "own", "official"]
    """set of templates: for the miniature's small vocabulary, or for real models; official: the
    paper's, from its fetched repository, and our own where that has none"""
    answer_form: Literal["letter", "text"]
    """whether a choice is answered by its letter or by its text"""
    threads: Positive
    """CPU threads of a job; results are equal to the bit only at one thread count"""
    precision: Literal["float32", "bfloat16"]
    """of every model; tuning in bfloat16 computes in it and keeps its weights in float32"""
    report_to: list[Literal["tensorboard", "wandb"]]
    """where tunings send their learning curves; a change reruns nothing"""
    data: Data
    sources: Sources
    benchmarks: Annotated[dict[Name, Benchmark], Field(min_length=1)]
    backbones: Backbones
    tuning: SharedSettings
    """what all tunings share"""
    tunings: dict[Name, Stage]
    """the tunings; a key of `tuning` may be set anew in each"""
    released: dict[Name, dict[Size, SourceName]]
    """published checkpoints, converted and run as they are: under a name in place of a tuning's,
    the source of each size"""
    external: External
    """what is evaluated and was not trained here"""
    teacher: Teacher
    """who writes the extraction data"""
    focus: Focus
    perception: Perception
    reasoning: Reasoning
    end_to_end: EndToEnd
    runs: Runs
    scores: Scores
    jobs: Jobs


def parse(values: Mapping[str, Any]) -> Configuration:
    """The configuration that these values of a YAML file make.

    Raises StudyError for the first key that is unknown, missing or of a wrong value.
    """
    try:
        return Configuration.model_validate(_with_shared_settings(values))
    except ValidationError as error:
        # An unknown key is often the reason why another is missing: name it first.
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise StudyError(sentence(problems[0], Configuration)) from None


def schema() -> dict[str, Any]:
    """The JSON schema by which an editor completes and checks keys. No key is required in it: a
    preset holds only what it changes."""

    def loosened(node: Any) -> Any:
        if isinstance(node, dict):
            kept = {k: v for k, v in node.items() if not _is_requirement(k, v)}
            # Without a required key to tell the alternatives apart, several may fit.
            return {"anyOf" if k == "oneOf" else k: loosened(v) for k, v in kept.items()}
        return [loosened(item) for item in node] if isinstance(node, list) else node

    return typing.cast(dict[str, Any], loosened(Configuration.model_json_schema()))


def _is_requirement(key: str, value: Any) -> bool:
    return key == "required" and isinstance(value, list)


def _with_shared_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    shared, stages = merged.get("tuning"), merged.get("tunings")
    if isinstance(shared, Mapping) and isinstance(stages, Mapping):
        known = {k: v for k, v in shared.items() if k in SharedSettings.model_fields}
        merged["tunings"] = {
            name: {**known, **stage} if isinstance(stage, Mapping) else stage
            for name, stage in stages.items()
        }
    return merged
