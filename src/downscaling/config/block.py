"""What every group of keys is made of: strict types, and the kinds of numbers and names."""

from __future__ import annotations

import json
import os
from pathlib import PurePath
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

ALLOWED = "allowed"
"""The type of our own errors, whose message is what is allowed."""
Listed = TypeVar("Listed", bound=list[Any])


def _inside(path: str) -> str:
    if ".." in PurePath(path).parts:
        allowed = "a path beside the Snakefile, or an absolute one, without .."
        raise PydanticCustomError(ALLOWED, allowed)
    if any(len(os.fsencode(part)) > 255 for part in PurePath(path).parts):
        raise PydanticCustomError(ALLOWED, "a path whose names have at most 255 bytes")
    return path


def _once(values: Listed) -> Listed:
    if any(values.count(value) > 1 for value in values):
        raise PydanticCustomError(ALLOWED, "each entry once")
    return values


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)]
SIZE = r"^[0-9]+(\.[0-9]+)?[MB]$"
LONGEST_SIZE = 12
Size = Annotated[str, Field(pattern=SIZE, max_length=LONGEST_SIZE)]
Place = Annotated[str, Field(min_length=1), AfterValidator(_inside)]
"""A file or folder, beside the Snakefile or with an absolute path."""
Once = AfterValidator(_once)
"""Of a list: no entry stands twice."""
# Above these bounds a number is a slip: nothing could be computed with it.
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Positive = Annotated[int, Field(ge=1, le=1_000_000_000)]
Bytes = Annotated[int, Field(ge=0, le=2**63 - 1)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Batch = Annotated[int, Field(ge=1, le=1_000_000)]
Tokens = Annotated[int, Field(ge=1, le=1_000_000)]
Rate = Annotated[float, Field(ge=0, le=100)]
Precision = Literal["float32", "bfloat16"]
Numerics = Literal["portable", "native"]
Share = Annotated[float, Field(gt=0, le=1)]


class Block(BaseModel):
    """A group of keys. Unknown keys and values of another type are refused, never converted."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    def values(self) -> dict[str, Any]:
        """The block as plain values, under the names that the configuration uses."""
        return self.model_dump(mode="json", by_alias=True)


def as_json(block: Block) -> str:
    """A block as JSON whose text depends on its values alone."""
    return json.dumps(block.values(), sort_keys=True, ensure_ascii=False)
