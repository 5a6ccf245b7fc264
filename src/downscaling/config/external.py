"""What is evaluated and was not trained here: published models, reasoners of other families,
descriptions and answers that were made elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .block import Block, Name, Place, SourceName


class Weights(Block):
    """Where a model lies."""

    model: Place
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
    files: Annotated[dict[Name, Place], Field(min_length=1)]
    """of each benchmark, a parquet file of answers, as records.Answer"""


class External(Block):
    """What is evaluated and was not trained here."""

    models: dict[SourceName, Weights]
    """image-text-to-text models of transformers, under a name for `runs`: as perception modules or
    end to end"""
    reasoners: dict[SourceName, Weights]
    """causal language models with a chat template, under a name for `runs`"""
    descriptions: dict[SourceName, dict[Name, Place]]
    """under a name for `runs`, of each benchmark a parquet file of descriptions, as
    records.Description"""
    answers: list[Answers]
    """runs that were made elsewhere"""
