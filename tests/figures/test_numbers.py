"""Looking quantities up: paired where possible, never a guess."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from downscaling.config.roles import Roles
from downscaling.figures.numbers import Numbers
from downscaling.figures.quantity import Quantity
from downscaling.figures.runs import end_to_end, plain
from downscaling.results.scores import Scores

RUN = plain("instruct-8B", "4B")
ABSENT = plain("extract-8B", "8B")
STEP = Quantity(
    panel="families",
    series="drop",
    item="vqav2",
    benchmark="families",
    category="vqav2",
    runs=(end_to_end("instruct-8B"),),
    minus=(end_to_end("instruct-0.6B"),),
    comparison="end-to-end 8B->0.6B",
)


def test_what_was_not_run_is_none(loaded: Scores, roles: Roles) -> None:
    """Catches a default value for a run, or a mean over what happens to be there."""
    numbers = Numbers(loaded, roles)
    assert numbers.of(Quantity.average("in-domain", "", "", ABSENT)) is None
    mean = Quantity(
        panel="",
        series="",
        item="",
        benchmark="in-domain",
        category="average",
        runs=(RUN, ABSENT),
        minus=(RUN, RUN),
        comparison="no such comparison",
    )
    assert numbers.of(mean) is None
    assert numbers.table([mean]).empty


def test_a_named_comparison_is_preferred(
    scores: pd.DataFrame, loaded: Scores, load: Callable[..., Scores], roles: Roles
) -> None:
    """Catches the wide unpaired interval where the paired one was computed."""
    paired = Numbers(loaded, roles).of(STEP)
    unpaired = Numbers(load(scores), roles).of(STEP)
    assert paired
    assert unpaired
    assert paired.value == pytest.approx(unpaired.value)
    assert (paired.interval, unpaired.interval) == ("paired over questions", "unpaired")
    assert paired.high - paired.low < unpaired.high - unpaired.low
    row = loaded.differences.query("comparison == @STEP.comparison and category == 'vqav2'")
    assert (paired.low, paired.high) == (row["low"].item(), row["high"].item())


def test_a_number_that_stands_beside_another_needs_it(loaded: Scores, roles: Roles) -> None:
    """Catches a caption model alone in the figure of what extraction adds to it."""
    numbers = Numbers(loaded, roles)
    alone = Quantity.average("in-domain", "", "", RUN)
    beside = Quantity.average("in-domain", "", "", RUN, beside=ABSENT)
    assert numbers.of(alone)
    assert numbers.of(beside) is None
    assert alone.exists({RUN})
    assert not beside.exists({RUN})
    assert beside.exists({RUN, ABSENT})


def test_a_difference_exists_where_one_of_its_pairs_does() -> None:
    """Catches a figure that is drawn for runs on one side, or only where every size was run."""
    pairs = {size: (plain("instruct-8B", size), plain("instruct-4B", size)) for size in "ab"}
    left, right = zip(*pairs.values(), strict=True)
    drop = Quantity(
        panel="",
        series="",
        item="",
        benchmark="",
        category="",
        runs=left,
        minus=right,
        comparison="perception",
    )
    assert drop.exists(pairs["a"])
    assert not drop.exists({left[0], right[1]})
