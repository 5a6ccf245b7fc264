"""What every group of keys is made of: strict types, and the kinds of numbers and names."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Size = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?[MB]$")]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(ge=0)]
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
