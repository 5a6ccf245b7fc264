"""Scores read back from their files: the right parser and seeds, and accuracies alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from downscaling.records.rows import Score, SpreadRow
from downscaling.records.tables import write_table
from downscaling.results.estimate import OF_ACCURACY, OF_DIFFERENCE, Estimate
from downscaling.results.scores import Scores
from downscaling.results.spread import score_key
from downscaling.results.trainings import Trainings
from downscaling.study.runs import Run

RUN = Run("instruct-8B", "4B", "plain")
HEAD = [field.name for field in dataclasses.fields(Score)]


def row(
    value: float, *, seed: str = "all", metric: str = "accuracy", parser: str = "robust"
) -> tuple[object, ...]:
    """A row of scores about one run."""
    where = ("in-domain", "gqa", metric, parser)
    return ("miniature", seed, *RUN.listed(), *where, *Trainings().untouched((value, 0.0, 1.0), 60))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Both files of a preset."""
    rows = [
        row(0.8),
        row(0.1, seed="0"),
        row(0.7, parser="last-line"),
        row(0.2, metric="truncated"),
        (
            *("miniature", "all", "instruct-8B", "", "", "in-domain", "all", "fact recall", ""),
            *Trainings().untouched((0.5, 0.4, 0.6), 60),
        ),
    ]
    pd.DataFrame(rows, columns=HEAD).to_csv(tmp_path / "scores.csv", index=False)
    (tmp_path / "differences.csv").write_text(
        "preset,comparison,benchmark,category,value,low,high,n,"
        "training,seeds,sd,chance_sd,df,question_low,question_high\n"
        "miniature,thinking 8B,in-domain,gqa,-0.05,-0.1,0.01,60,none,0,,,,-0.1,0.01\n"
    )
    return tmp_path / "scores.csv", tmp_path / "differences.csv"


def test_one_parser_and_the_pooled_seeds_are_taken(files: tuple[Path, Path]) -> None:
    """Catches a mix of parsers, one seed for all, and another metric in the place of accuracy."""
    scores = Scores.read(*files, "robust")
    assert scores.accuracy(RUN, "in-domain", "gqa") == Estimate(
        0.8, 0.0, 1.0, 60, bounds=OF_ACCURACY
    )
    assert scores.accuracy(RUN, "in-domain", "gqa", seed="0").value == pytest.approx(0.1)
    last = Scores.read(*files, "last-line")
    assert last.accuracy(RUN, "in-domain", "gqa").value == pytest.approx(0.7)


def test_what_was_not_measured_is_none(files: tuple[Path, Path]) -> None:
    """Catches a run that was not made and counts as one without a right answer."""
    scores = Scores.read(*files, "robust")
    assert scores.accuracy(RUN, "in-domain", "vqav2") is None
    known = Estimate(-0.05, -0.1, 0.01, 60, bounds=OF_DIFFERENCE)
    assert scores.difference("thinking 8B", "in-domain", "gqa") == known
    assert scores.difference("thinking 4B", "in-domain", "gqa") is None


def test_a_reference_is_there_only_where_its_spread_is_named(files: tuple[Path, Path]) -> None:
    """Catches a study without a reference that shows one, and one whose reference is lost or read
    under another parser."""
    spread = files[0].with_name("spread.csv")
    key = score_key(RUN, "in-domain", "gqa", "accuracy", "robust")
    write_table(spread, [SpreadRow(*key, 5, 0.75, 0.02, 0.01)], SpreadRow)
    told = Scores.read(*files, "robust", spread).reference.accuracy(RUN, "in-domain", "gqa")
    assert told
    assert (told.mean, told.seeds) == (0.75, 5)
    for without in (Scores.read(*files, "robust"), Scores.read(*files, "last-line", spread)):
        assert without.reference.accuracy(RUN, "in-domain", "gqa") is None
