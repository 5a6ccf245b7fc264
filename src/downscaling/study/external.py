"""What is evaluated and was not trained here: published models, reasoners of other families,
descriptions and answers that were made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from .block import Block, Name, SourceName

if TYPE_CHECKING:
    from .plan import Study


class Weights(Block):
    """Where a model lies."""

    model: Annotated[str, Field(min_length=1)]
    """its folder, beside the Snakefile or with an absolute path; or the source that is fetched"""
    source: Literal["folder", "hub"] = "folder"
    """what `model` names: a folder, or the weights that are fetched"""
    form: str | None = None
    """of an InternVL 2.5 that is fetched as published: the source with a model of its size in
    transformers' form, into which its weights are converted"""


class Answers(Block):
    """Answers that were made elsewhere: one run."""

    perception: SourceName
    """a name for who saw the images"""
    reasoning: SourceName
    """a name for who answered from its descriptions; end-to-end where it is the same model"""
    mode: Literal["plain", "think", "image"]
    """image where the model answered end to end"""
    files: Annotated[dict[Name, str], Field(min_length=1)]
    """of each benchmark, a parquet file of answers, as records.Answer"""


class External(Block):
    """What is evaluated and was not trained here."""

    models: dict[SourceName, Weights]
    """image-text-to-text models of transformers, under a name for `runs`: as perception modules or
    end to end"""
    reasoners: dict[SourceName, Weights]
    """causal language models with a chat template, under a name for `runs`"""
    descriptions: dict[SourceName, dict[Name, str]]
    """under a name for `runs`, of each benchmark a parquet file of descriptions, as
    records.Description"""
    answers: list[Answers]
    """runs that were made elsewhere"""


def external_problems(study: Study, folder: Path) -> Iterator[str]:
    """What is asked of external models and files that cannot be had: one line for each."""
    external = study.configuration.external
    own = {f"{tuning}-{size}" for tuning, size in study.tuned()} | {*study.sizes, "tower"}
    own |= {"gold", "end-to-end"}
    taken: dict[str, str] = {}
    for group in ("models", "reasoners", "descriptions"):
        for name in getattr(external, group):
            key = f"external.{group}.{name}"
            if name in own or name in taken:
                yield f"{key}: given the name of {taken.get(name, 'a model of the study')}; " + OWN
            taken[name] = key
    for group in ("models", "reasoners"):
        weights: Mapping[str, Weights] = getattr(external, group)
        for name, held in weights.items():
            if held.source == "folder" and not (folder / held.model / "config.json").exists():
                yield (
                    f"external.{group}.{name}.model: given {held.model}; "
                    "allowed: a folder with a config.json, or source: hub"
                )
            if held.form and (held.source == "folder" or group == "reasoners"):
                yield f"external.{group}.{name}.form: given {held.form}; " + FORM
    for name, files in external.descriptions.items():
        yield from _file_problems(f"external.descriptions.{name}", files, study, folder)
    for number, run in enumerate(external.answers, 1):
        key = f"external.answers, entry {number}"
        if (run.reasoning == "end-to-end") != (run.mode == "image"):
            yield f"{key}, mode: given {run.mode} with reasoning {run.reasoning}; " + WHOLE
        yield from _file_problems(f"{key}, files", run.files, study, folder)


OWN = "allowed: a name of its own"
FORM = "allowed: null, unless one of the models has source: hub"
WHOLE = "allowed: image with end-to-end, plain or think with a reasoner"


def _file_problems(key: str, files: Mapping[str, str], study: Study, folder: Path) -> Iterator[str]:
    for benchmark in study.benchmarks:
        if benchmark not in files:
            yield f"{key}: {benchmark} is missing; allowed: a file for each benchmark"
    for benchmark, file in files.items():
        if benchmark not in study.benchmarks:
            yield f"{key}.{benchmark}: unknown; allowed: {', '.join(study.benchmarks)}"
        elif not (folder / file).is_file():
            yield f"{key}.{benchmark}: given {file}; allowed: a file that exists"
