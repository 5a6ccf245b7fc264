"""Accuracy against latency: which seconds stand beside which answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from downscaling.config.roles import Roles
from downscaling.figures import figure_a9
from downscaling.figures.runs import end_to_end, plain, think
from downscaling.figures.saving import save
from downscaling.figures.seconds import Records, Timed, seconds
from downscaling.results.scores import Scores
from downscaling.runtime import measurement, run_record
from downscaling.runtime.measurement import Measurement
from downscaling.runtime.run_record import RunRecord

DECOUPLED = think("extract-1.7B", "4B")
WHOLE = end_to_end("instruct-0.6B")
Timer = Callable[[float], Timed]
TAKEN = Measurement("reason", "a host", "a GPU", "3.11.7", "", "", 9000.0, 1.0, {}, {})


@pytest.fixture
def timed(tmp_path: Path) -> Timer:
    """Write the record and the measurement of a job that wrote two files, and took these seconds
    for one of them."""

    def write(spent: float) -> Timed:
        number = len(list(tmp_path.iterdir()))
        file, other = (tmp_path / f"{number}/{name}.parquet" for name in ("in-domain", "other"))
        record, took = (tmp_path / f"{number}/{name}.json" for name in ("record", "measurement"))
        asked = RunRecord("reason", "1", {}, "", [], {}, {}, {}, {"batch_size": 8})
        run_record.write(record, asked)
        seconds_of = {str(file): spent, str(other): 4000.0}
        measurement.write(took, dataclasses.replace(TAKEN, seconds_of=seconds_of))
        return Timed(file, record, took)

    return write


@pytest.fixture
def records(timed: Timer) -> Records:
    """What three runs took for 600 questions, in-domain."""
    return Records(
        descriptions={("extract-1.7B", "in-domain"): [timed(120)]},
        answers={
            (DECOUPLED, "in-domain"): [timed(60)],
            (plain("extract-1.7B", "4B"), "in-domain"): [timed(6)],
            (WHOLE, "in-domain"): [timed(30)],
        },
    )


def test_a_decoupled_run_takes_the_seconds_of_both_modules(records: Records) -> None:
    """Catches seconds of one module alone, of another mode, of the whole job, or of all questions
    together."""
    both = seconds(records, DECOUPLED, "in-domain", 600)
    assert both
    assert (both.perception, both.reasoning) == pytest.approx((0.2, 0.1))
    assert both.total == pytest.approx(0.3)
    assert (both.device, both.batch_size) == ("a GPU", "8")
    whole = seconds(records, WHOLE, "in-domain", 600)
    assert whole
    assert whole.total == pytest.approx(0.05)


def test_seeds_are_averaged(records: Records, timed: Timer) -> None:
    """Catches a run of several seeds that takes the sum of their seconds, and a perception module
    of another group, which describes once, that counts half."""
    of_two_seeds = {(DECOUPLED, "in-domain"): [timed(60), timed(120)]}
    records = dataclasses.replace(records, answers=of_two_seeds)
    mean = seconds(records, DECOUPLED, "in-domain", 1200)
    assert mean
    assert (mean.perception, mean.reasoning) == pytest.approx((0.2, 0.15))


def test_what_was_made_elsewhere_has_no_seconds(records: Records) -> None:
    """Catches a run that takes the seconds of its answers alone, where its descriptions were made
    elsewhere."""
    records = dataclasses.replace(records, descriptions={})
    assert seconds(records, DECOUPLED, "in-domain", 600) is None
    assert seconds(records, WHOLE, "out-of-domain", 600) is None


def test_points_are_the_runs_with_seconds_and_stars_what_the_paper_says(
    records: Records,
    scores: pd.DataFrame,
    sizes: list[str],
    load: Callable[..., Scores],
    roles: Roles,
) -> None:
    """Catches a point at another run's seconds, and a gain of the paper's text that is taken for
    an accuracy."""
    key = ["perception", "reasoning", "mode"]
    thinks = scores[scores[key].eq(DECOUPLED.listed()).all(axis=1)]
    tables = load(pd.concat([scores, thinks.assign(mode="plain")]))
    _, data = figure_a9.draw(tables, sizes, roles, records)
    assert set(data["panel"]) == {"in-domain"}
    points = data.set_index("series")
    assert points["seconds"].to_dict() == pytest.approx(
        {"End-to-end baseline": 0.05, "Extract+Think": 0.3, figure_a9.PLAIN: 0.21}
    )
    assert points["published"].to_dict() == pytest.approx(
        {"End-to-end baseline": 0.659, "Extract+Think": 0.853, figure_a9.PLAIN: 0.754 * 1.109}
    )
    assert (points["low"] < points["value"]).all()


def test_a_preset_without_records_says_so(
    loaded: Scores, sizes: list[str], roles: Roles, tmp_path: Path
) -> None:
    """Catches a crash where nothing was timed."""
    figure, data = figure_a9.draw(loaded, sizes, roles, Records({}, {}))
    assert data.empty
    assert all("no runs" in axes.texts[0].get_text() for axes in figure.axes)
    files = [tmp_path / f"figure-a9.{kind}" for kind in ("png", "svg", "csv")]
    save("figure-a9", figure, data, *files)
    assert (tmp_path / "figure-a9.csv").read_text().startswith("panel,series,item,value")
