"""Looking numbers up: the right reader and seeds, paired where possible, never a guess."""

from __future__ import annotations

import pandas as pd
import pytest

from downscaling.figures.results import Interval, Results, Run, end_to_end, mean, minus

RUN = Run("instruct-8B", "4B")


def test_the_robust_reader_and_the_pooled_seeds_are_taken(scores: pd.DataFrame) -> None:
    """Catches a figure that mixes readers, or shows one seed for all."""
    one = scores.assign(seed="0", value=0.0)
    found = Results(pd.concat([one, scores]))
    number = found.accuracy(RUN, "in-domain", "average")
    expected = Results(scores).accuracy(RUN, "in-domain", "average")
    assert number == expected
    assert number.reader == "robust"
    assert number.seed == "all"


def test_one_reader_alone_is_taken_whatever_its_name(scores: pd.DataFrame) -> None:
    """Catches a configuration's choice of reader being ignored."""
    last = Results(scores[scores["reader"] == "last-line"])
    robust = Results(scores)
    gap = [r.accuracy(RUN, "in-domain", "average").value for r in (robust, last)]
    assert last.reader == "last-line"
    assert gap[0] - gap[1] == pytest.approx(0.01)


def test_other_metrics_are_not_accuracies(scores: pd.DataFrame) -> None:
    """Catches truncated or fact recall rows overwriting the accuracy of the same run."""
    cut = scores.assign(metric="truncated", value=0.0)
    assert Results(pd.concat([scores, cut])).accuracy(RUN, "in-domain", "gqa").value > 0.3


def test_what_was_not_run_is_none(scores: pd.DataFrame) -> None:
    """Catches a default value for a run, or a mean over what happens to be there."""
    found = Results(scores)
    assert found.accuracy(Run("extract-8B", "8B"), "in-domain", "average") is None
    runs = [RUN, Run("extract-8B", "8B")]
    assert found.difference("none", "in-domain", "average", runs, [RUN]) is None


def test_a_named_comparison_is_preferred(scores: pd.DataFrame, differences: pd.DataFrame) -> None:
    """Catches the wide unpaired interval where the paired one was computed."""
    sides = [end_to_end("instruct-8B")], [end_to_end("instruct-0.6B")]
    name = "end-to-end 8B->0.6B"
    paired = Results(scores, differences).difference(name, "families", "vqav2", *sides)
    unpaired = Results(scores).difference(name, "families", "vqav2", *sides)
    assert paired.value == pytest.approx(unpaired.value)
    assert (paired.interval, unpaired.interval) == ("paired over questions", "unpaired")
    row = differences[
        (differences["comparison"] == name) & (differences["category"] == "vqav2")
    ].iloc[0]
    assert (paired.low, paired.high) == (row["low"], row["high"])


def test_unpaired_difference_against_the_published_example() -> None:
    """Catches the bounds of the two sides swapped: Newcombe (1998), 56/70 against 48/80, gives
    0.0524 to 0.3339 from Wilson's intervals of the two."""
    left = Interval(0.8, 0.6917, 0.8769)
    right = Interval(0.6, 0.4905, 0.7003)
    gap = minus(left, right)
    assert gap.value == pytest.approx(0.2)
    assert (gap.low, gap.high) == pytest.approx((0.0524, 0.3339), abs=2e-4)


def test_a_mean_needs_every_number(scores: pd.DataFrame) -> None:
    """Catches a mean over sizes that silently drops one."""
    found = Results(scores)
    cells = [
        found.accuracy(Run("instruct-8B", size), "in-domain", "average") for size in ("8B", "4B")
    ]
    middle = mean(cells)
    assert middle.value == pytest.approx((cells[0].value + cells[1].value) / 2)
    assert mean([*cells, None]) is None
