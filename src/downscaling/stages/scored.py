"""Which files scores rest on, in the order in which the stages that read them get them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..config.block import Block
from ..records.rows import Question
from ..study.runs import FAMILIES, AnswerSet, Run
from ..study.study import Study


class AnswersOf(Block):
    """Whose answers a file holds: a run, with one seed, to one benchmark. `run` is its perception,
    reasoning and mode."""

    run: list[str]
    seed: int
    benchmark: str


def answer_sets(study: Study) -> list[AnswersOf]:
    """Every file of answers that is scored."""
    evaluations = study.evaluations
    return [
        AnswersOf(run=run.listed(), seed=seed, benchmark=benchmark)
        for run in evaluations.runs()
        for benchmark in evaluations.answered(run)
        for seed in evaluations.run_seeds(run)
    ]


def answers(study: Study) -> list[Path]:
    """The same as paths."""
    return [
        Path(study.paths.answers(as_run(one), one.seed, one.benchmark))
        for one in answer_sets(study)
    ]


def as_run(one: AnswersOf) -> Run:
    """The run of a file of answers."""
    perception, reasoning, mode = one.run
    return Run(perception, reasoning, mode)


def key_of(one: AnswersOf) -> AnswerSet:
    """A file of answers as results name it."""
    return AnswerSet(as_run(one), str(one.seed), one.benchmark)


def questions_files(study: Study) -> list[Path]:
    """The questions of the families, then of each benchmark."""
    return [Path(study.paths.questions(name)) for name in study.data.tested]


def questions_by_benchmark(
    files: Sequence[Path], families: int, benchmarks: Sequence[str]
) -> dict[str, list[Question]]:
    """The questions of files in the order of `questions_files`, the first `families` together."""
    from ..scoring.matching import read_questions

    parts = {FAMILIES: files[:families]} if families else {}
    parts |= {name: [file] for name, file in zip(benchmarks, files[families:], strict=True)}
    return {name: read_questions(paths) for name, paths in parts.items()}
