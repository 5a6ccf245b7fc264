"""Make a reference of finished studies that train one recipe with different seeds."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from .. import __version__
from ..records import files
from ..records.files import digest, replacing, write
from ..records.rows import GradedAnswer, Question, Score
from ..records.tables import read_table, write_table
from ..results.counts import ERROR, RECALL, recalled
from ..results.spread import write_spread
from ..scoring.matching import read_questions
from . import sides
from .artifacts import Artifact, check_as_made
from .averages import Average, averages
from .files import seeds_of, without_seed
from .reference import FILES, REFERENCE, Recalled, Reference, is_reference
from .regrade import regraded
from .rescore import score_tables
from .results_folder import ResultsFolder
from .sides import NotComparableError, Side

Row = TypeVar("Row")
LEARNT = (".safetensors", ".parquet")
"""How files end that hold what a training came to: weights and records."""


@dataclass(frozen=True)
class Piece:
    """A study that a reference is made of, and every answer and recall of its seeds."""

    side: Side
    graded: list[GradedAnswer]
    recalled: list[Recalled]

    def of(self, seeds: set[str]) -> tuple[list[GradedAnswer], list[Recalled]]:
        """The answers and recalls of some of its seeds."""
        answers = [row for row in self.graded if row.seed in seeds]
        return answers, [row for row in self.recalled if row.seed in seeds]


def make_reference(out: Path, default: Path, others: Sequence[Path]) -> list[str]:
    """Write a reference, whole or not at all; its seeds.

    Args:
        out: its folder.
        default: a finished run; its artifacts are those that a run is held against.
        others: finished results folders, or references, that bring further seeds.

    Raises:
        RecordError: a folder is unfinished or damaged.
        NotComparableError: they are not runs of one study, have fewer than two seeds together, or
            do not agree on a seed that two of them have.
    """
    results = _whole(default).results
    if results is None:
        raise NotComparableError(f"{default}: a reference; name the results of a finished run")
    # Two benchmarks may take the same published rows, whose questions then share their ids.
    questions = {(question.benchmark, question.id): question for question in _questions(results)}
    first, *further = pieces = [_piece(folder, questions) for folder in (default, *others)]
    for one in further:
        _check_of_one_study(first, one)
    for one, other in combinations(pieces, 2):
        _check_agreement(one, other)
    seeds, graded, recalls = _together(pieces)
    if len(seeds) < 2:
        raise NotComparableError(f"{default}: seed {seeds[0]} alone; allowed: two or more, of all")
    scoring = results.record("score").settings | {"seeds": list(map(int, seeds))}
    with replacing(out) as folder:
        folder.mkdir()
        write(folder / "graded.parquet", graded, GradedAnswer)
        write(folder / "questions.parquet", [*questions.values()], Question)
        write(folder / "recalled.parquet", recalls, Recalled)
        write_table(folder / "artifacts.csv", first.side.artifacts, Artifact)
        _summarise(folder, scoring)
        described = Reference(
            preset=str(first.side.configuration["preset"]),
            configuration=dict(first.side.configuration),
            seeds=seeds,
            version=__version__,
            scoring=scoring,
            jobs=first.side.jobs,
            files={name: digest(folder / name) for name in FILES},
        )
        text = json.dumps(dataclasses.asdict(described), indent=1, ensure_ascii=False)
        (folder / REFERENCE).write_text(text + "\n", "utf-8")
    return seeds


def is_made(folder: Path) -> bool:
    """Whether a folder holds a reference and nothing else."""
    held = {path.name for path in folder.iterdir()}
    return is_reference(folder) and held <= {REFERENCE, *FILES}


def _summarise(folder: Path, scoring: dict[str, Any]) -> None:
    """Write the means and the spreads of a reference's answers."""
    parser = scoring["scores"]["parser"]
    with tempfile.TemporaryDirectory() as scratch:
        score_tables(folder, scoring, Path(scratch))
        scores, differences = (Path(scratch) / f"{name}.csv" for name in ("scores", "differences"))
        write_table(folder / "averages.csv", averages(read_table(scores, Score), parser), Average)
        write_spread(scores, differences, parser, folder / "spread.csv")


def _questions(results: ResultsFolder) -> list[Question]:
    paths = results.record("score").inputs["questions"]
    return [q for path in paths for q in read_questions([results.file(path)])]


def _piece(folder: Path, questions: Mapping[tuple[str, str], Question]) -> Piece:
    """A folder's part. What earlier rules graded, a reference's answers, is graded anew."""
    side = _whole(folder)
    if side.results is not None:
        results = side.results
        check_as_made(results, side.artifacts)
        graded = files.read(results.file(results.paths.scores("graded.parquet")), GradedAnswer)
        return Piece(side, graded, [*_recalled(results, _questions(results))])
    graded = files.read(folder / "graded.parquet", GradedAnswer)
    recalls = files.read(folder / "recalled.parquet", Recalled)
    if strangers := {(row.benchmark, row.question) for row in (*graded, *recalls)} - set(questions):
        raise NotComparableError(
            f"{folder}: {len(strangers)} questions ({min(strangers)[1]} first) that the default "
            "run does not ask; make both anew"
        )
    anew = [regraded(row, questions[row.benchmark, row.question]) for row in graded]
    return Piece(side, anew, recalls)


def _whole(folder: Path) -> Side:
    """Read a folder, of which scores alone are not enough."""
    side = sides.read(folder)
    if side.part:
        raise NotComparableError(f"{folder}: scores alone; name the results of a finished run")
    return side


def _check_of_one_study(first: Piece, other: Piece) -> None:
    """Refuse runs of two recipes. Two versions of the code count as one recipe if they came to the
    same for a seed of both, which `_check_agreement` sees to."""
    sides.check_comparable(first.side, other.side, "preset")
    if set(first.side.seeds) & set(other.side.seeds):
        return
    seed = first.side.seeds[0]
    ours, theirs = (
        {without_seed(note.job): (note.code, note.libraries) for note in piece.side.jobs}
        for piece in (first, other)
    )
    for job in sorted(ours.keys() & theirs.keys()):
        if ours[job] != theirs[job]:
            raise NotComparableError(
                f"{first.side.folder} and {other.side.folder}: the code or the libraries of {job} "
                f"differ; make both anew, or train seed {seed} in both, to see that it comes out "
                "the same"
            )
    if any(first.side.configuration.get("external", {}).values()):
        raise NotComparableError(
            f"{other.side.folder}: without seed {seed}, under which alone what was made elsewhere "
            "(external) is answered; give it this seed too"
        )


def _check_agreement(one: Piece, other: Piece) -> None:
    """Refuse two studies that made another file of a seed by the same settings, or that answered
    otherwise under it. Another version of a job's code may write other files about a model beside
    the same weights and records."""
    about = f"{one.side.folder} and {other.side.folder}"
    end = "their arithmetic differs, so make both anew on one machine"
    ours, theirs = ({note.job: note for note in p.side.jobs} for p in (one, other))
    made = {artifact.path: artifact.sha256 for artifact in other.side.artifacts}
    for artifact in one.side.artifacts:
        mine, its = ours[artifact.job], theirs.get(artifact.job)
        if its is None or mine.settings != its.settings or not seeds_of(artifact.job):
            continue
        is_alike = mine.code == its.code or artifact.path.endswith(LEARNT)
        if is_alike and made.get(artifact.path, artifact.sha256) != artifact.sha256:
            raise NotComparableError(f"{about}: {artifact.job}: {artifact.path} differs; {end}")
    for seed in set(one.side.seeds) & set(other.side.seeds):
        if one.of({seed}) != other.of({seed}):
            raise NotComparableError(f"{about}: seed {seed} was answered otherwise; {end}")


def _together(pieces: Sequence[Piece]) -> tuple[list[str], list[GradedAnswer], list[Recalled]]:
    """All seeds, and their answers and recalls as one study of all seeds has them: each seed's from
    the first piece that has it, and the seeds of a set behind each other."""
    seeds: list[str] = []
    graded: list[GradedAnswer] = []
    recalls: list[Recalled] = []
    for piece in pieces:
        new = [seed for seed in piece.side.seeds if seed not in seeds]
        seeds += new
        answers, of_facts = piece.of(set(new))
        graded += answers
        recalls += of_facts
    return (
        seeds,
        _grouped(graded, lambda row: (row.perception, row.reasoning, row.mode, row.benchmark)),
        _grouped(recalls, lambda row: (row.perception, row.benchmark)),
    )


def _grouped(rows: Iterable[Row], group: Callable[[Row], Hashable]) -> list[Row]:
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        groups.setdefault(group(row), []).append(row)
    return [row for of_group in groups.values() for row in of_group]


def _recalled(results: ResultsFolder, questions: list[Question]) -> Iterator[Recalled]:
    """What descriptions state of facts, as the score tables count it."""
    record = results.record("score")
    paths: dict[str, list[str]] = {name: list(named) for name, named in record.inputs.items()}
    facts = zip(record.settings["known"], paths.get("facts", []), strict=True)
    facts_files = {benchmark: results.file(path) for benchmark, path in facts}
    described = zip(record.settings["descriptions"], paths.get("descriptions", []), strict=True)
    for about, path in described:
        benchmark = about["benchmark"]
        asked = [question for question in questions if question.benchmark == benchmark]
        counts = recalled(benchmark, results.file(path), asked, facts_files[benchmark])
        numbers = (counts.held[RECALL, ""], counts.held[ERROR, ""], counts.total)
        for question, stated, misstated, needed in zip(counts.questions, *numbers, strict=True):
            yield Recalled(
                perception=about["perception"],
                seed=str(about["seed"]),
                benchmark=benchmark,
                question=question,
                stated=int(stated),
                misstated=int(misstated),
                needed=int(needed),
            )
