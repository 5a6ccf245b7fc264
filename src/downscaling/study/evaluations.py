"""Which runs a configuration has: decoupled, end to end, and made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..config.configuration import Configuration
from .runs import END_TO_END, FAMILIES, GOLD, ReasoningJob, Run


@dataclass(frozen=True)
class ImportedFile:
    """A file of descriptions or answers that was made elsewhere. `run` is whose answers they are,
    or of descriptions None; `perception` who saw the images."""

    number: int
    kind: Literal["descriptions", "answers"]
    path: str
    benchmark: str
    perception: str
    run: Run | None


class StudyEvaluations:
    """The runs of a study."""

    def __init__(self, configuration: Configuration, known: Sequence[str]) -> None:
        """known: the benchmarks that have true descriptions, which gold is."""
        self.configuration = configuration
        self.seeds = configuration.seeds
        self.benchmarks = list(configuration.benchmarks)
        self.known = list(known)

    def reasoning_jobs(self) -> list[ReasoningJob]:
        """The decoupled runs, grouped; a run that several entries ask for is made by the first."""
        taken: set[Run] = set()
        jobs = []
        for number, entry in enumerate(self.configuration.runs.decoupled, 1):
            for reasoning in entry.reasoning:
                for mode in entry.modes:
                    runs = [Run(perception, reasoning, mode) for perception in entry.perception]
                    new = tuple(dict.fromkeys(run.perception for run in runs if run not in taken))
                    taken.update(runs)
                    if new:
                        name = f"{number}_{reasoning}_{mode}"
                        jobs.append(ReasoningJob(name, reasoning, mode, new))
        return jobs

    def decoupled(self) -> list[Run]:
        """Every decoupled run."""
        return [
            Run(perception, job.reasoning, job.mode)
            for job in self.reasoning_jobs()
            for perception in job.perceptions
        ]

    def end_to_end(self) -> list[Run]:
        """Every end-to-end run."""
        runs = self.configuration.runs.end_to_end
        wanted = [(model, "image") for model in runs.models]
        wanted += [(model, "blind") for model in runs.blind]
        return [Run(model, END_TO_END, mode) for model, mode in dict.fromkeys(wanted)]

    def imported(self) -> list[Run]:
        """The runs that were made elsewhere."""
        answers = self.configuration.external.answers
        return [Run(run.perception, run.reasoning, run.mode) for run in answers]

    def runs(self) -> list[Run]:
        """Every run that is scored."""
        return list(dict.fromkeys([*self.decoupled(), *self.end_to_end(), *self.imported()]))

    def perceptions(self) -> list[str]:
        """The perception modules whose descriptions are read, without gold."""
        read = [p for job in self.reasoning_jobs() for p in job.perceptions if p != GOLD]
        return list(dict.fromkeys(read))

    def module_seeds(self, module: str) -> list[int]:
        """The seeds of a module's descriptions, or of its own answers: what was not trained here
        and writes greedily, or was made elsewhere, is the same under every seed and made once."""
        external = self.configuration.external
        elsewhere = {
            *external.models,
            *external.descriptions,
            *(run.perception for run in self.imported()),
        }
        return self.seeds[:1] if module in elsewhere else self.seeds

    def run_seeds(self, run: Run) -> list[int]:
        """The seeds of a run's answers."""
        is_once = run.reasoning == END_TO_END or run in self.imported()
        return self.module_seeds(run.perception) if is_once else self.seeds

    def answered(self, run: Run) -> list[str]:
        """What a run's answers are to: the benchmarks, of gold those that have it; and of a model
        that answers end to end here `families`, which stands for all of them, unless they are left
        out."""
        if run.perception == GOLD:
            return self.known
        is_ours = run.reasoning == END_TO_END and run not in self.imported()
        asks_families = is_ours and self.configuration.data.test
        return [*([FAMILIES] if asks_families else []), *self.benchmarks]

    def imported_files(self) -> list[ImportedFile]:
        """The files that were made elsewhere."""
        external = self.configuration.external
        files: list[tuple[Literal["descriptions", "answers"], str, str, str, Run | None]] = [
            ("descriptions", path, benchmark, name, None)
            for name, by_benchmark in external.descriptions.items()
            for benchmark, path in by_benchmark.items()
        ]
        for answers in external.answers:
            run = Run(answers.perception, answers.reasoning, answers.mode)
            files += [
                ("answers", path, benchmark, run.perception, run)
                for benchmark, path in answers.files.items()
            ]
        return [ImportedFile(number, *about) for number, about in enumerate(files, 1)]
