"""The jobs of a study, as its graph has them: what a plan counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..study.runs import ReasoningJob

Key = Mapping[str, Any]
"""What tells a job from others of its stage, such as its module and seed."""


class Jobs:
    """The jobs of a study, by the names of their stages."""

    def __init__(self, jobs: Iterable[tuple[str, Key]]) -> None:
        """jobs: of each the name of its stage, and its key."""
        self._keys: dict[str, list[Key]] = {}
        for stage, key in jobs:
            self._keys.setdefault(stage, []).append(key)

    def __len__(self) -> int:
        return sum(map(len, self._keys.values()))

    def count(self, *stages: str) -> int:
        """How many jobs these stages have together."""
        return sum(len(self._keys.get(stage, ())) for stage in stages)

    def __iter__(self) -> Iterator[tuple[str, Key]]:
        """Of each job the name of its stage, and its key; those of a stage together."""
        return ((stage, key) for stage, keys in self._keys.items() for key in keys)

    def values(self, stage: str, name: str) -> list[str]:
        """One value of each key of a stage's jobs, such as their modules."""
        return [key[name] for key in self._keys.get(stage, ())]

    def tunings(self) -> list[tuple[str, str]]:
        """The tuning and size of each job that tunes."""
        return [(key["tuning"], key["size"]) for key in self._keys.get("tune", ())]

    def released(self) -> list[tuple[str, str]]:
        """The name and size of each job that converts a released checkpoint."""
        return [(key["released"], key["size"]) for key in self._keys.get("convert", ())]

    def reasoning(self) -> list[ReasoningJob]:
        """What each job that reasons answers."""
        return [key["job"] for key in self._keys.get("reason", ())]

    def evaluated(self) -> list[tuple[str, bool]]:
        """The module of each job that answers end to end, and whether it sees the image."""
        return [(key["module"], key["mode"] == "image") for key in self._keys.get("evaluate", ())]
