"""The two sides of a comparison: results folders, or references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.difference import completed, first_difference, is_under
from ..errors import UserError
from ..records.rows import Score
from ..records.tables import read_table
from . import reference
from .artifacts import Artifact, artifacts, as_made
from .averages import Average, Key, averages
from .results_folder import JobNote, ResultsFolder

FREE = ("seeds", "numerics", "threads", "jobs", "report_to", "sources", "scores.spread")
"""Keys, with all under them, by which two runs of one study may differ: how often, where and by
what means it was run, and whether its intervals hold a reference's spread."""


class NotComparableError(UserError):
    """Two folders are not two runs of one study; the message is one line."""


@dataclass(frozen=True)
class Side:
    """A run, the scores of one, or a reference. `seeds` are those of its averages, `artifact_seeds`
    those of its artifacts. `results` is None for a reference."""

    folder: Path
    configuration: Mapping[str, Any]
    seeds: list[str]
    artifact_seeds: list[str]
    jobs: list[JobNote]
    artifacts: list[Artifact]
    averages: dict[Key, Average]
    results: ResultsFolder | None

    @property
    def part(self) -> str:
        """The folder in it that alone can be compared; "" for all of it."""
        return self.results.part if self.results else ""

    def is_as_made(self, artifact: Artifact) -> bool:
        """Whether a file is what its job wrote; nobody can tell of a reference's."""
        return self.results is None or as_made(self.results, artifact)


def preset_of(folder: Path) -> str:
    """The preset of a results folder, or of a reference. Raises an error as `read` does."""
    _check_there(folder)
    if reference.is_reference(folder):
        return reference.read(folder).preset
    return ResultsFolder.named(folder).paths.preset


def read(folder: Path) -> Side:
    """Read one side. The folder `scores` of a results folder is a side of which no more is there.

    Raises:
        NotComparableError: there is no such folder.
        RecordError: it is unfinished or damaged.
    """
    _check_there(folder)
    return _read_reference(folder) if reference.is_reference(folder) else _read_results(folder)


def _check_there(folder: Path) -> None:
    if not folder.is_dir():
        raise NotComparableError(f"{folder}: no such folder; name a results or a reference folder")


def reference_of(preset: str, shelf: Path = reference.SHELF) -> Path | None:
    """The folder of a preset's reference; None where there is none."""
    folder = shelf / preset
    return folder if reference.is_reference(folder) else None


def difference(left: Side, right: Side, *free: str) -> str:
    """By which key of the configuration two runs are runs of two studies; "" where of one.

    free: keys by which they may differ beside those in `FREE`.
    """
    known = completed(left.configuration), completed(right.configuration)
    apart = first_difference(*known, lambda key: not is_under(key, *FREE, *free))
    return (
        f"{apart.key} is {apart.ours!r} in one and {apart.theirs!r} in the other" if apart else ""
    )


def check_comparable(left: Side, right: Side, *free: str) -> None:
    """Raise NotComparableError unless `difference` finds none."""
    if apart := difference(left, right, *free):
        raise NotComparableError(
            f"{left.folder} and {right.folder}: two studies, for {apart}; "
            "compare runs of one configuration"
        )


def _read_results(folder: Path) -> Side:
    results = ResultsFolder.named(folder)
    made = artifacts(results)
    parser = results.configuration["scores"]["parser"]
    scores = read_table(results.file(results.paths.scores("scores.csv")), Score)
    return Side(
        folder=folder,
        configuration=results.configuration,
        seeds=results.seeds,
        artifact_seeds=results.seeds,
        jobs=results.notes(),
        artifacts=made,
        averages={one.key: one for one in averages(scores, parser)},
        results=results,
    )


def _read_reference(folder: Path) -> Side:
    known = reference.read(folder)
    return Side(
        folder=folder,
        configuration=known.configuration,
        seeds=known.seeds,
        artifact_seeds=[str(seed) for seed in known.configuration["seeds"]],
        jobs=known.jobs,
        artifacts=read_table(folder / "artifacts.csv", Artifact),
        averages={one.key: one for one in read_table(folder / "averages.csv", Average)},
        results=None,
    )
