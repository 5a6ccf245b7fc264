"""The whole configuration as typed values.

Keys without a default must stand in config.yaml; docstrings of fields become the descriptions of
the JSON schema."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from .backbones import Backbones
from .block import Block, Name, Numerics, Once, Seed, Size, SourceName
from .data import Benchmark, Data, Sources
from .errors import ConfigError, sentence, unfit_text
from .external import External
from .generation import EndToEnd, Focus, Perception, Reasoning
from .jobs import Jobs
from .roles import Roles
from .runs import Runs
from .scores import Scores
from .teacher import Teacher
from .tunings import SharedSettings, Stage

REMOVED = (None, "null")
"""What an overlay gives for a benchmark that it removes; --config has null as text."""


def _without_removed(benchmarks: Any) -> Any:
    if not isinstance(benchmarks, Mapping):
        return benchmarks
    return {name: value for name, value in benchmarks.items() if value not in REMOVED}


_Benchmarks = Annotated[
    dict[Name, Benchmark],
    Field(min_length=1),
    BeforeValidator(
        _without_removed,
        json_schema_input_type=Annotated[dict[Name, Benchmark | None], Field(min_length=1)],
    ),
]


class Configuration(Block):
    """The whole of config.yaml."""

    preset: Name
    """names the folder of the results, results/<preset>"""
    seeds: Annotated[list[Seed], Field(min_length=1, max_length=100)]
    """each seed trains and evaluates every model once"""
    over: Annotated[str, Field(min_length=1)] | None = None
    """the preset that has to lie below an overlay, as a file beside the Snakefile: an overlay that
    only shortens another study is none by itself"""
    prompts: Literal["miniature", "own", "official"]
    """set of templates: for the miniature's small vocabulary, or for real models; official: the
    paper's, from its fetched repository, and our own where that has none"""
    answer_form: Literal["letter", "text"]
    """whether a choice is answered by its letter or by its text"""
    threads: Annotated[int, Field(ge=1, le=1_024)]
    """CPU threads of a job; results are equal to the bit only at one thread count"""
    numerics: Numerics
    """portable: the same bytes on every x86-64 processor with AVX2; native: faster, and the same
    bytes on one kind of processor alone"""
    precision: Literal["float32", "bfloat16"]
    """of every model; tuning in bfloat16 computes in it and keeps its weights in float32"""
    report_to: Annotated[list[Literal["tensorboard", "wandb"]], Once]
    """where tunings send their learning curves; a change reruns nothing"""
    data: Data
    sources: Sources
    benchmarks: _Benchmarks
    """by name; null in an overlay removes one"""
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
    roles: Roles
    """which tunings and models play the parts that figures, tables and comparisons are about"""
    scores: Scores
    jobs: Jobs
    strict: bool = Field(default=False, exclude=True)
    """whether a job hashes every file of the folders that it reads, and not those alone whose dates
    or sizes say that they were changed; it decides no result, and no result names it"""


def parse(values: Mapping[str, Any]) -> Configuration:
    """The configuration that these values of a YAML file make.

    Raises ConfigError for the first key that is unknown, missing or of a wrong value.
    """
    if line := unfit_text(values):
        raise ConfigError(f"config: {line}")
    try:
        return Configuration.model_validate(_with_shared_settings(values))
    except ValidationError as error:
        # An unknown key is often the reason why another is missing: name it first.
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise ConfigError(sentence(problems[0], Configuration)) from None


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
