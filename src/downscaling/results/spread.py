"""How far trainings of one recipe lie apart: the table `spread.csv` of a study of several seeds.

A study of one seed reads it (`scores.spread`) to know what another training would have given.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..records.rows import Score, SpreadRow
from ..records.tables import read_table, write_table
from ..study.runs import Run
from .estimate import SEEDS
from .tables import ACCURACY, ALL_SEEDS, Difference

NumberKey = tuple[str, str, str, str, str, str, str, str]
"""What tells a number from others, in the order of `spread.csv`: comparison, perception, reasoning,
mode, benchmark, category, metric, parser."""


def score_key(run: Run, benchmark: str, category: str, metric: str, parser: str) -> NumberKey:
    """Which number a score is."""
    return "", run.perception, run.reasoning, run.mode, benchmark, category, metric, parser


def difference_key(comparison: str, benchmark: str, category: str, parser: str) -> NumberKey:
    """Which number a difference of accuracies is, as one answer parser read them."""
    return comparison, "", "", "", benchmark, category, ACCURACY, parser


def spread_table(
    scores: Iterable[Score], differences: Iterable[Difference], parser: str
) -> list[SpreadRow]:
    """The spread of every number of trained models of a study of several seeds.

    Columns: comparison, perception, reasoning, mode, benchmark, category, metric, parser (which
    number it is), seeds, mean, sd, chance_sd; fractions. Models that no training touches have no
    row, and of one seed there is none.

    Args:
        scores, differences: the rows of `scores.csv` and `differences.csv`.
        parser: the answer parser of the differences (`scores.parser`).
    """
    over_seeds = (row for row in scores if row.seed == ALL_SEEDS)
    rows = []
    for score in (score for score in over_seeds if score.training == SEEDS):
        run = Run(score.perception, score.reasoning, score.mode)
        key = score_key(run, score.benchmark, score.category, score.metric, score.parser)
        rows.append(_row(key, score))
    for one in (one for one in differences if one.training == SEEDS):
        key = difference_key(one.comparison, one.benchmark, one.category, parser)
        rows.append(_row(key, one))
    return rows


def write_spread(scores: Path, differences: Path, parser: str, out: Path) -> None:
    """Write `spread.csv` from `scores.csv` and `differences.csv` of a study of several seeds.

    Raises:
        RecordError: a file is missing or holds something else.
    """
    rows = spread_table(read_table(scores, Score), read_table(differences, Difference), parser)
    write_table(out, rows, SpreadRow)


def read_spread(path: Path) -> dict[NumberKey, SpreadRow]:
    """The spread of each number of a `spread.csv`.

    Raises:
        RecordError: the file is missing, has other columns, or a row that no table can hold.
    """
    return {_key(row): row for row in read_table(path, SpreadRow)}


def _row(key: NumberKey, row: Score | Difference) -> SpreadRow:
    assert row.sd is not None
    assert row.chance_sd is not None
    return SpreadRow(*key, row.seeds, row.value, row.sd, row.chance_sd)


def _key(row: SpreadRow) -> NumberKey:
    run = (row.perception, row.reasoning, row.mode)
    return row.comparison, *run, row.benchmark, row.category, row.metric, row.parser
