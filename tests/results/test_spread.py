"""What training adds to the score tables: from several seeds, from a reference, or nothing."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t

from downscaling.audit.hypothesis import Hypothesis
from downscaling.audit.verdicts import Measured, judge_measured
from downscaling.records.files import RecordError
from downscaling.records.rows import Score, SpreadRow
from downscaling.records.tables import read_table, write_table
from downscaling.results.averages import Averages
from downscaling.results.counts import Counts
from downscaling.results.difference_table import difference_table
from downscaling.results.estimate import Estimate
from downscaling.results.reference_trainings import ReferenceTrainings
from downscaling.results.score_table import score_table
from downscaling.results.scores import Scores
from downscaling.results.spread import read_spread, spread_table, write_spread
from downscaling.results.tables import Difference
from downscaling.results.trainings import Trainings
from downscaling.study.comparisons import Comparison
from downscaling.study.runs import AnswerSet, Run

TRAINED, LOWER, GIVEN = (Run(name, "4B", "plain") for name in ("extract-1B", "caption-1B", "gold"))
NO_REFERENCE = ReferenceTrainings("robust")
TRAININGS = Trainings(["extract-1B", "caption-1B"])
COMPARED = [
    Comparison(name=name, left=[left.listed()], right=[right.listed()], benchmarks=["in-domain"])
    for name, left, right in (("trained", TRAINED, LOWER), ("given", GIVEN, GIVEN))
]


def counts(accuracies: dict[Run, list[float]], questions: int) -> dict[AnswerSet, Counts]:
    """Each run with its accuracy under each seed: the first questions are answered rightly."""
    averages = Averages(np.zeros(questions, int), {"gqa": np.ones(1), "average": np.ones(1)})
    names = tuple(map(str, range(questions)))
    return {
        AnswerSet(run, str(seed), "in-domain"): Counts(
            names,
            averages,
            {("accuracy", "robust"): (np.arange(questions) < level * questions).astype(float)},
            np.ones(questions),
            np.zeros(questions),
        )
        for run, levels in accuracies.items()
        for seed, level in enumerate(levels)
    }


def tables(
    accuracies: dict[Run, list[float]], trainings: Trainings = TRAININGS, questions: int = 1000
) -> tuple[list[Score], list[Difference]]:
    """Both tables of such a study."""
    counted = counts(accuracies, questions)
    seeds = [str(seed) for seed in range(len(next(iter(accuracies.values()))))]
    compared = [c for c in COMPARED if Run(*c.left[0]) in accuracies]
    return (
        score_table("p", counted, trainings),
        difference_table("p", compared, counted, seeds, "robust", trainings, 400),
    )


def average(rows: list[Score], run: Run, seed: str = "all") -> Score:
    """The average of a run."""
    return next(
        row
        for row in rows
        if (row.perception, row.seed, row.category) == (run.perception, seed, "average")
    )


def estimate(difference: Difference) -> Estimate:
    """A difference as the audit reads it."""
    scores = Scores("robust", [], [], [difference], NO_REFERENCE)
    found = scores.difference(difference.comparison, difference.benchmark, difference.category)
    assert found is not None
    return found


def verdict(difference: Difference) -> Measured:
    """The verdict on the claim that a difference exceeds 0, alone."""
    hypothesis = Hypothesis(estimate(difference))
    return judge_measured(hypothesis, hypothesis.p)


def test_several_seeds_enter_by_their_spread() -> None:
    """Catches an interval of the questions alone for a trained model, and the standard deviation
    of one seed taken for the standard error of their mean."""
    levels = [0.5, 0.6, 0.7]
    scores, _ = tables({TRAINED: levels, LOWER: [0.4] * 3})
    row = average(scores, TRAINED)
    assert (row.training, row.seeds, row.df) == ("seeds", 3, 2)
    assert row.sd == pytest.approx(0.1)
    arm = t.ppf(0.975, 2) * 0.1 / math.sqrt(3)
    assert row.high == pytest.approx(
        min(1, row.value + math.hypot(arm, row.question_high - row.value))
    )
    assert row.low == pytest.approx(row.value - math.hypot(arm, row.value - row.question_low))
    once = average(scores, TRAINED, "1")
    assert (once.training, once.seeds, once.sd) == ("seen once", 1, None)


def test_what_is_read_back_reaches_no_further_than_its_row() -> None:
    """Catches a figure's interval beyond 1 of an accuracy whose row in scores.csv ends there, and
    one of a reference's mean."""
    levels = {TRAINED: [0.2, 0.6, 1.0], LOWER: [0.4] * 3}
    rows, differences = tables(levels)
    row, key = average(rows, TRAINED), (TRAINED, "in-domain", "average")
    number = Scores("robust", rows, [], [], NO_REFERENCE).accuracy(*key)
    assert number
    assert (row.low, row.high) == (number.low, number.high) == (0, 1)
    spread = spread_table(rows, differences, "robust")
    read = ReferenceTrainings("robust", {dataclasses.astuple(row)[:8]: row for row in spread})
    mean = read.accuracy(*key)
    assert mean
    assert (mean.low, mean.high) == (0, 1)


def test_what_no_training_touches_keeps_the_interval_of_its_questions() -> None:
    """Catches shipped backbones over true descriptions, or released models, taken as trained."""
    scores, differences = tables({GIVEN: [0.5, 0.6], TRAINED: [0.5, 0.6], LOWER: [0.5, 0.6]})
    row = average(scores, GIVEN)
    assert (row.training, row.seeds, row.sd) == ("none", 0, None)
    assert (row.low, row.high) == (row.question_low, row.question_high)
    kinds = {row.comparison: row.training for row in differences}
    assert kinds == {"trained": "seeds", "given": "none"}


@pytest.mark.parametrize("questions", [1000, 100_000])
def test_an_effect_below_the_spread_is_not_reproduced_from_one_seed(questions: int) -> None:
    """Catches five points that count as reproduced because there are many questions, although
    trainings lie ten points apart; and five points from one training without a reference."""
    one = {TRAINED: [0.55], LOWER: [0.5]}
    _, (difference, _) = tables(one, questions=questions)
    assert (difference.training, verdict(difference)) == ("seen once", Measured.SEEN_ONCE)
    _, (opposite, _) = tables({TRAINED: [0.5], LOWER: [0.55]}, questions=questions)
    assert verdict(opposite) == Measured.OPPOSITE_SEEN_ONCE
    apart = {LOWER: [0.5] * 5, TRAINED: [0.42, 0.47, 0.55, 0.63, 0.68]}
    wide = spread_table(*tables(apart), "robust")
    key = ("trained", "", "", "", "in-domain", "average", "accuracy", "robust")
    (row,) = (row for row in wide if row.comparison and row.category == "average")
    reference = {key: row}
    assert reference[key].sd == pytest.approx(0.108, abs=0.01)
    _, rows = tables(one, Trainings(TRAININGS.modules, reference), questions)
    known = next(row for row in rows if row.category == "average")
    assert (known.training, known.df, verdict(known)) == ("reference", 4, Measured.INCONCLUSIVE)


def test_the_same_effect_over_five_close_seeds_is_reproduced() -> None:
    """Catches intervals so wide that no number of trainings settles anything."""
    levels = {TRAINED: [0.54, 0.55, 0.56, 0.545, 0.555], LOWER: [0.5] * 5}
    _, (difference, _) = tables(levels, questions=4000)
    assert difference.sd == pytest.approx(0.008, abs=0.001)
    assert verdict(difference) == Measured.REPRODUCED
    _, (wide, _) = tables({TRAINED: [0.42, 0.47, 0.55, 0.63, 0.68], LOWER: [0.5] * 5})
    assert verdict(wide) == Measured.INCONCLUSIVE
    assert Hypothesis(estimate(wide)).answers_needed(1) is None
    assert (Hypothesis(estimate(wide)).seeds_needed(1, 5) or 0) > 5


def test_the_spread_with_more_degrees_of_freedom_counts() -> None:
    """Catches a second seed that makes an interval four times wider than one had with the same
    reference, and a reference that outweighs more seeds than it has."""
    five = {TRAINED: [0.5, 0.52, 0.54, 0.56, 0.58], LOWER: [0.5] * 5}
    rows = spread_table(*tables(five), "robust")
    reference = {
        (r.comparison, r.perception, r.reasoning, r.mode, r.benchmark, r.category, r.metric,
         r.parser): r
        for r in rows
    }  # fmt: skip
    told = Trainings(TRAININGS.modules, reference)
    two = average(tables({TRAINED: [0.5, 0.6], LOWER: [0.5] * 2}, told)[0], TRAINED)
    assert (two.training, two.seeds, two.df) == ("reference", 2, 4)
    six = average(tables({TRAINED: [0.5] * 6, LOWER: [0.5] * 6}, told)[0], TRAINED)
    assert (six.training, six.seeds, six.df) == ("seeds", 6, 5)


def test_the_spread_survives_the_disk(tmp_path: Path) -> None:
    """Catches numbers of a reference that find no number of a study, and rows of one seed."""
    scores, differences = tables({GIVEN: [0.4] * 3, TRAINED: [0.5, 0.6, 0.7], LOWER: [0.4] * 3})
    write_table(tmp_path / "scores.csv", scores, Score)
    write_table(tmp_path / "differences.csv", differences, Difference)
    paths = (tmp_path / "scores.csv", tmp_path / "differences.csv")
    write_spread(*paths, "robust", tmp_path / "spread.csv")
    known = read_spread(tmp_path / "spread.csv")
    run = ("", *TRAINED.listed(), "in-domain", "average", "accuracy", "robust")
    assert (known[run].seeds, known[run].mean, known[run].sd) == (3, 0.6, 0.1)
    assert ("trained", "", "", "", "in-domain", "gqa", "accuracy", "robust") in known
    assert not any(key[0] == "given" or "gold" in key for key in known)
    one, _ = tables({TRAINED: [0.5], LOWER: [0.4]}, Trainings(TRAININGS.modules, known))
    assert average(one, TRAINED).training == "reference"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("trained,,,,in-domain,gqa,accuracy,robust,1,0.5,0.1,0.0", "two seeds or more, not 1"),
        ("trained,,,,in-domain,gqa,accuracy,robust,3,0.5,-0.1,0.0", "0 or more, not -0.1"),
        ("trained,,,,in-domain,gqa,accuracy,robust,3,0.5,nan,0.0", "0 or more, not nan"),
        ("trained,,,,in-domain,gqa,accuracy,robust,3,0.5", "no SpreadRow"),
    ],
)
def test_a_spread_that_cannot_be_is_named(tmp_path: Path, row: str, fault: str) -> None:
    """Catches a hand-written reference whose spread would make intervals nonsense."""
    file = tmp_path / "spread.csv"
    write_table(file, [], SpreadRow)
    with file.open("a") as stream:
        stream.write(row + "\n")
    with pytest.raises(RecordError, match=fault):
        read_table(file, SpreadRow)
