"""Which models answer a question of a user's own: a study's, by name, or those of any folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError, UserError
from ..study.command import makes
from ..study.runs import GOLD, Run
from ..study.study import Study

EXTRACTION = ("extraction", "released-extraction")
"""The roles of Extract+Think's perception module, the first that is bound first."""

BASELINE = "baseline"
"""The role of models that were tuned on instructions alone."""


@dataclass(frozen=True)
class Module:
    """A model, and the folder in which transformers finds it."""

    name: str
    folder: Path


def module(name: str, known: Mapping[str, Path], folder: Path) -> Module:
    """The model of a name, or of a folder of a user's own.

    Args:
        known: the study's models by name, each with its path from the study's folder.
        folder: the study's.

    Raises:
        ModelError: it is neither, or the study has not made it yet.
    """
    target = known.get(name)
    if target is None and (Path(name) / "config.json").exists():
        return Module(Path(name).resolve().name, Path(name))
    if target is None:
        raise ModelError(
            f"{name}: neither a model of the study nor a folder with a config.json; "
            f"the study's models here: {', '.join(known)}"
        )
    if not (folder / target / "config.json").exists():
        raise ModelError(f"{name}: not made yet; {makes(str(target), folder)}")
    return Module(name, folder / target)


def default_run(study: Study) -> Run:
    """Extract+Think with the largest perception module that a study pairs with a reasoner; where it
    has none, its first decoupled run.

    Raises UserError for a study without a decoupled run.
    """
    runs = [run for run in study.evaluations.decoupled() if run.perception != GOLD]
    if not runs:
        raise UserError("config: runs.decoupled: none; name --perception and --reasoning")
    roles = study.configuration.roles
    for role in EXTRACTION:
        for run in runs:
            played = roles.role_of(run.perception)
            if run.mode == "think" and played is not None and played[0] == role:
                return run
    return runs[0]


def title(study: Study, run: Run) -> str | None:
    """What the paper calls a pair of modules; None where it has no name for it."""
    played = study.configuration.roles.role_of(run.perception)
    if run.mode == "think" and played is not None:
        if played[0] in EXTRACTION:
            return "Extract+Think"
        if played[0] == BASELINE:
            return "Baseline"
    return None


def counterpart(study: Study, run: Run) -> Run:
    """What a run is shown beside: the decoupled baseline, whose perception module the study did not
    tune for extraction, with the same reasoner and mode; the run itself where there is none."""
    for other in study.evaluations.decoupled():
        played = study.configuration.roles.role_of(other.perception)
        is_baseline = played is not None and played[0] == BASELINE
        if is_baseline and (other.reasoning, other.mode) == (run.reasoning, run.mode):
            return other
    return run


def made(known: Mapping[str, Path], folder: Path) -> dict[str, Module]:
    """The models of a study that are there, by name. Arguments as of `module`."""
    return {
        name: Module(name, folder / target)
        for name, target in known.items()
        if (folder / target / "config.json").exists()
    }


def seed_of(study: Study, given: int | None) -> int:
    """The study's seed that a user names, its first where none is named.

    Raises UserError for one that is not the study's.
    """
    if given is not None and given not in study.seeds:
        raise UserError(f"--seed {given}: the study's seeds are {study.seeds}")
    return study.seeds[0] if given is None else given
