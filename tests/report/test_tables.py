"""Tables of the page: what stands in them."""

from __future__ import annotations

from downscaling.records.rows import Score
from downscaling.report.tables import every_run
from downscaling.results.reference_trainings import ReferenceTrainings
from downscaling.results.scores import Scores
from downscaling.results.trainings import Trainings
from downscaling.study.runs import Run

RUN = Run("mine", "end-to-end", "image")


def scores(*measured: tuple[str, str, float]) -> Scores:
    """The accuracies of one run, each of a benchmark's category."""
    known = Trainings()
    rows = [
        Score(
            "p", seed, *RUN.listed(), benchmark, category, "accuracy", "robust",
            *known.untouched((value, 0.0, 1.0), 8),
        )
        for benchmark, category, value in measured
        for seed in ("0", "all")
    ]  # fmt: skip
    lines = [*range(2, 2 + len(rows))]
    return Scores("robust", rows, lines, [], ReferenceTrainings.read(None, "robust"))


def test_a_benchmark_s_categories_stand_beside_its_average() -> None:
    """Catches a benchmark of one's own whose categories are told by a CSV file alone."""
    table = every_run(
        scores(("shapes", "colors", 0.6), ("shapes", "counts", 0.2), ("shapes", "average", 0.4))
    )
    assert [(c.benchmark, c.category) for c in table.columns] == [
        ("shapes", "average"),
        ("shapes", "colors"),
        ("shapes", "counts"),
    ]
    assert [cell.text for cell, _ in table.rows[0].cells] == ["40.0", "60.0", "20.0"]
    assert table.rows[0].cells[1][1] == ("scores", *RUN.listed(), "shapes", "colors")
    assert not table.is_wide


def test_a_single_category_is_told_once() -> None:
    """Catches the same number twice in a row, as the category and as the average."""
    table = every_run(scores(("shapes", "all", 0.6), ("shapes", "average", 0.6)))
    assert [column.category for column in table.columns] == ["average"]


def test_many_columns_are_shown_on_demand() -> None:
    """Catches thirty columns on a phone."""
    table = every_run(scores(*(("b", name, 0.5) for name in (*"abcdefgh", "average"))))
    assert table.is_wide
