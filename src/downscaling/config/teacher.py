"""Who writes the extraction data: the miniature's oracle, or a vision-language model that runs in
the job or behind a server. The key `engine` says which keys the group `teacher` has.

What decides a reply reaches the verbs as their settings. How the replies are got (how many at a
time, from which address) reaches them through the environment (`ENGINE`), so that a server that
moved, or a batch that was too large, makes nothing anew.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import Field

from .block import Batch, Block, Name, Once, Place, Positive, Tokens

ENGINE = "DOWNSCALING_TEACHER_ENGINE"


class Taught(Block):
    """What every teacher is told."""

    sets: Annotated[list[Name], Field(min_length=1), Once]
    """the training sets whose images it describes"""
    shards: Annotated[Positive, Field(le=256)]
    """jobs that share each set's rows; the results are the same whatever their number"""


class Asking(Block):
    """How a vision-language model is asked. It samples as its own folder says."""

    model: Place
    """its folder, beside the Snakefile or with an absolute path; or the source that is fetched; or
    its name on the server"""
    images: Literal["aspect", "square"]
    """aspect: shrunk in proportion to the area of a square of `side`; square: squashed to it, as in
    the official code"""
    side: Annotated[Positive, Field(le=16_384)]
    """pixels; 512 in the official code"""
    statement_tokens: Tokens
    """cap on the statements about one image"""
    description_tokens: Tokens
    """cap on a description"""


class Batches(Block):
    """How the replies of a model in the job are got."""

    batch_size: Batch
    """requests at a time"""


class Server(Block):
    """How the replies of a server are got."""

    base_url: Annotated[str, Field(pattern=r"^https?://[^@?#\s]+$")]
    """its address up to /v1, without a key"""
    key_variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None
    """the environment variable that holds its key; null: it wants none"""
    concurrency: Annotated[Positive, Field(le=10_000)]
    """requests that are under way at a time"""
    timeout: Annotated[float, Field(gt=0, le=86_400)]
    """seconds of silence after which a request has failed"""
    retries: Annotated[Positive, Field(le=1_000)]
    """how often a request is sent again while the server is busy, failing or away"""


class OracleTeacher(Taught):
    """The miniature's: knows the rendered scene."""

    engine: Literal["oracle"]
    """the miniature's truth answers"""


class TransformersTeacher(Batches, Asking, Taught):
    """A model of transformers, in the job."""

    engine: Literal["transformers"]
    """a model of transformers answers, in the job"""
    source: Literal["folder", "hub"] = "folder"
    """what `model` names: a folder, or the weights that are fetched"""


class OpenAITeacher(Server, Asking, Taught):
    """A server that speaks OpenAI's chat completions, as vLLM's does."""

    engine: Literal["openai"]
    """a server answers"""


Teacher = Annotated[
    OracleTeacher | TransformersTeacher | OpenAITeacher, Field(discriminator="engine")
]
Part = TypeVar("Part", bound=Block)


def asking_of(teacher: Teacher) -> Asking | None:
    """How a teacher is asked; None for the oracle."""
    return None if isinstance(teacher, OracleTeacher) else _part(Asking, teacher)


def engine_of(teacher: Teacher) -> Block:
    """How the replies of a teacher are got; nothing for the oracle."""
    if isinstance(teacher, OracleTeacher):
        return Block()
    return _part(Batches if isinstance(teacher, TransformersTeacher) else Server, teacher)


def _part(kind: type[Part], block: Block) -> Part:
    """Those keys of a block that make one of another kind."""
    return kind(**{name: getattr(block, name) for name in kind.model_fields})
