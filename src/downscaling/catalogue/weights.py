"""The models that the study uses: one file each in `weights/`."""

from __future__ import annotations

from functools import cache
from typing import Self

from pydantic import model_validator

from ..config.block import Block
from .entries import listed, read
from .sources import Source


class Weights(Block):
    """A model, as it is published."""

    source: Source

    @model_validator(mode="after")
    def _holds_weights(self) -> Self:
        if self.source.kind != "weights":
            raise ValueError('needs kind = "weights", so that nothing is fetched that can run code')
        return self


@cache
def load() -> dict[str, Weights]:
    """Every model of the catalogue by name. Raises RecordError, one line, for an entry that is
    none."""
    return {name: read(path, Weights) for name, path in listed("weights")}
