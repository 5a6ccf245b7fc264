"""The parts of a study, together: what a configuration means."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ..config.configuration import Configuration
from . import spread
from .data import StudyData
from .downloads import StudyDownloads
from .evaluations import StudyEvaluations
from .models import StudyModels
from .paths import Paths

Scale = Literal["miniature", "published", "rehearsal"]


class Study:
    """What a configuration means. `folder` is the Snakefile's, from which relative paths start."""

    def __init__(self, configuration: Configuration, folder: Path) -> None:
        self.configuration = configuration
        self.folder = folder
        self.paths = Paths(configuration.preset)
        self.data = StudyData(configuration, folder)
        self.models = StudyModels(configuration, self.data)
        self.evaluations = StudyEvaluations(configuration, self.data.known_benchmarks())
        self.downloads = StudyDownloads(configuration, self.data, self.models, self.paths)

    @property
    def seeds(self) -> list[int]:
        """Each trains and evaluates every model once."""
        return self.configuration.seeds

    @property
    def sizes(self) -> list[str]:
        """The sizes of the language model, largest first."""
        return self.models.sizes

    @property
    def is_rehearsal(self) -> bool:
        """Whether tunings are cut short, or benchmarks: what it then measures means nothing."""
        configuration = self.configuration
        bounds = [tuning.max_steps for tuning in configuration.tunings.values()]
        bounds += [benchmark.questions for benchmark in configuration.benchmarks.values()]
        return any(bound is not None for bound in bounds)

    @property
    def scale(self) -> Scale:
        """What may be judged of a study: of a rendered world only directions, of a rehearsal
        nothing."""
        if self.is_rehearsal:
            return "rehearsal"
        return "miniature" if self.data.is_rendered else "published"

    def spread_file(self) -> Path | None:
        """The table of how far trainings lie apart in a reference; None where none is named, or
        where it is of another recipe."""
        return spread.spread_file(self.configuration, self.folder)

    def left_out(self) -> list[str]:
        """One line for each kind of what is named and not used."""
        obstacle = spread.obstacle(self.configuration, self.folder)
        lines = [obstacle] if obstacle else []
        runs = self.evaluations.runs()
        read = {run.perception for run in runs} | {run.reasoning for run in runs}
        learned = [tuning for tuning, size in self.models.tuned() if f"{tuning}-{size}" in read]
        needed = {one for tuning in learned for one in self.models.ancestry(tuning)}
        if idle := [name for name in self.configuration.tunings if name not in needed]:
            lines.append(f"tunings: left out, no run rests on {', '.join(idle)}")
        external = self.configuration.external
        named = [*external.models, *external.reasoners, *external.descriptions]
        if idle := [name for name in named if name not in read]:
            lines.append(f"external: left out, no run reads {', '.join(idle)}")
        return lines
