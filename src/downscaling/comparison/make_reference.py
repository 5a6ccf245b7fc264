"""Make a reference of a study with several seeds and a default run of it."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from .. import __version__
from ..records.files import digest, replacing, write
from ..records.rows import Question
from ..records.tables import write_table
from ..results.counts import ERROR, RECALL, recalled
from ..results.spread import write_spread
from ..scoring.matching import read_questions
from . import sides
from .artifacts import Artifact, check_whole
from .averages import Average
from .reference import FILES, REFERENCE, Recalled, Reference
from .results_folder import ResultsFolder
from .sides import NotComparableError, Side

ANSWERING = ("perceive/", "reason/", "evaluate/")
"""Jobs whose files the scores are made of."""


def make_reference(several: Path, default: Path, out: Path) -> None:
    """Write a reference, whole or not at all.

    Args:
        several: a finished results folder with two seeds or more.
        default: that of a finished default run, whose seeds are among these.
        out: the reference's folder.

    Raises:
        RecordError: a folder is unfinished or damaged.
        NotComparableError: the two are not runs of one study, or do not agree on a file of a seed
            that both have.
    """
    many, one = sides.read(several), sides.read(default)
    if many.results is None or one.results is None:
        raise NotComparableError(f"{several}, {default}: two results folders make a reference")
    _check(many, one)
    for side, results in ((many, many.results), (one, one.results)):
        check_whole(results, side.artifacts)
    _check_agreement(many.results, one.results)
    scoring = many.results.record("score").settings
    questions = _questions(many.results)
    with replacing(out) as folder:
        folder.mkdir()
        write_table(folder / "averages.csv", list(many.averages.values()), Average)
        scores, differences = (
            many.results.file(many.results.paths.scores(f"{name}.csv"))
            for name in ("scores", "differences")
        )
        write_spread(scores, differences, scoring["scores"]["parser"], folder / "spread.csv")
        write_table(folder / "artifacts.csv", one.artifacts, Artifact)
        graded = many.results.file(many.results.paths.scores("graded.parquet"))
        shutil.copyfile(graded, folder / "graded.parquet")
        write(folder / "questions.parquet", questions, Question)
        write(folder / "recalled.parquet", _recalled(many.results, questions), Recalled)
        described = Reference(
            preset=str(one.configuration["preset"]),
            configuration=dict(one.configuration),
            seeds=many.seeds,
            version=__version__,
            scoring=scoring,
            jobs=one.jobs,
            files={name: digest(folder / name) for name in FILES},
        )
        text = json.dumps(dataclasses.asdict(described), indent=1, ensure_ascii=False)
        (folder / REFERENCE).write_text(text + "\n", "utf-8")


def _check(many: Side, one: Side) -> None:
    if len(many.seeds) < 2 or not set(one.seeds) < set(many.seeds):
        raise NotComparableError(
            f"{many.folder}: seeds {', '.join(many.seeds)}; allowed: two or more, those of "
            f"{one.folder} ({', '.join(one.seeds)}) among them"
        )
    sides.check_comparable(many, one, "preset")


def _check_agreement(many: ResultsFolder, one: ResultsFolder) -> None:
    """Refuse two studies in which a job has other code, or answered otherwise under the same
    settings. What tunings made may differ: the configuration that a model is saved with holds the
    path of its backbone, and with it the preset's name."""
    for job in (job for job in one.records if job in many.records):
        ours, theirs = many.records[job], one.records[job]
        about = f"{many.root} and {one.root}: {job}"
        if ours.code != theirs.code:
            raise NotComparableError(
                f"{about}: its code differs ({ours.code}, {theirs.code}); make both anew"
            )
        made = _inside(many, ours.paths_written) == _inside(one, theirs.paths_written)
        if job.startswith(ANSWERING) and ours.settings == theirs.settings and not made:
            raise NotComparableError(
                f"{about}: answered otherwise under the same settings; their arithmetic differs, "
                "so make both anew on one machine"
            )


def _inside(results: ResultsFolder, paths: dict[str, str]) -> dict[str, str]:
    return {results.inside(path): sha256 for path, sha256 in paths.items()}


def _questions(results: ResultsFolder) -> list[Question]:
    files = results.record("score").inputs["questions"]
    return [q for path in files for q in read_questions([results.file(path)])]


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
