"""Where data come from and how much of them there is; the benchmarks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .block import Block, Count, Name, Once, Place, Positive, Seed, SourceName


class Data(Block):
    """Where the data come from and how much of them there is."""

    source: Literal["rendered", "published"]
    """rendered: the miniature's own images, whose truth is known; published: fetched"""
    seed: Seed
    """of the rendering, and of what is taken of a published set"""
    train: dict[Name, Count]
    """conversations per training set, of a published one at most; 0 leaves a set out"""
    test: Count
    """evaluation questions per family, of a published one at most; 0 leaves the families out"""
    in_domain: Positive = Field(alias="in-domain")
    """questions per category of the rendered VMCBench"""
    out_of_domain: Positive = Field(alias="out-of-domain")
    """questions per second-level axis of the rendered MMStar"""


class Sources(Block):
    """How published sets and weights are had."""

    lock: Place
    """the revisions and digests that they are held to; beside the Snakefile, or an absolute path"""
    mirrors: dict[SourceName, str]
    """folders (absolute paths) or addresses in place of a source's home, by its name"""
    archives: Literal["whole", "needed"] = "whole"
    """whole: held to their digests and unpacked; needed, for a rehearsal: of an archive of images
    only those that drawn rows need, as far as they can be had alone"""
    missing_share: Annotated[float, Field(ge=0, le=1)]
    """share of a training set's or family's rows that may be left out, for whatever reason; above
    it, preparing fails"""


class Benchmark(Block):
    """A multiple-choice benchmark: some categories of a published one."""

    source: Annotated[Place, Field(pattern=r"^([a-z0-9][a-z0-9.-]*|.+\.toml)$")]
    """the published benchmark whose rows it takes: its name in the catalogue, or the path of a TOML
    file of one's own, beside the Snakefile or absolute"""
    categories: Annotated[list[str], Field(min_length=1), Once] | None = None
    """the categories that count, in the order of the tables; null: all"""
    questions: Positive | None = None
    """questions at most, as many of each category as there are of the others; null: all"""
    omitted_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    """share of its rows that may be left out, for whatever reason; above it, preparing fails"""
