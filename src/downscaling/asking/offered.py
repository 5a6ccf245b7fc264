"""What the demo page lets its user choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import UserError
from ..study.study import Study
from .modules import Module, counterpart, default_run, made, module

Pair = tuple[str, str]
Known = Mapping[str, Path]


@dataclass(frozen=True)
class Offered:
    """What a page lets its user choose from.

    Attributes:
        perception: what can describe the image, by the name it is chosen by.
        reasoning: what can answer, likewise.
        pairs: perception and reasoning module of the left, then of the right, as the page begins.
        observer: gives what writes what to look for, where the user does not say it; raises
            ModelError where that is not made.
        seed: of the draws.
    """

    perception: Mapping[str, Module]
    reasoning: Mapping[str, Module]
    pairs: tuple[Pair, Pair]
    observer: Callable[[], Module]
    seed: int


def offer(
    study: Study,
    seeing: Known,
    reading: Known,
    perception: Sequence[str],
    reasoning: Sequence[str],
    seed: int,
) -> Offered:
    """All modules of a study that are made, and what a user names.

    Args:
        seeing, reading: the study's perception and reasoning modules, as `module` takes them.
        perception, reasoning: names or folders, of the left side and of the right; one is for both.
            Where there is none: Extract+Think and the study's baseline.

    Raises UserError for more than two names, and for a model that is not there.
    """
    if not (perception and reasoning):
        left = default_run(study)
        right = counterpart(study, left)
        perception = perception or (left.perception, right.perception)
        reasoning = reasoning or (left.reasoning, right.reasoning)
    sees, reads = _two("--perception", perception), _two("--reasoning", reasoning)
    pairs = ((sees[0], reads[0]), (sees[1], reads[1]))
    return Offered(
        perception=_all(study, seeing, sees),
        reasoning=_all(study, reading, reads),
        pairs=pairs,
        observer=partial(module, study.sizes[0], reading, study.folder),
        seed=seed,
    )


def _two(option: str, names: Sequence[str]) -> Pair:
    if len(names) > 2:
        raise UserError(f"{option}: {len(names)} times; at most two, the left and the right")
    return names[0], names[-1]


def _all(study: Study, known: Known, named: Pair) -> dict[str, Module]:
    """What is made, and what was named."""
    chosen = {name: module(name, known, study.folder) for name in named}
    return made(known, study.folder) | chosen
