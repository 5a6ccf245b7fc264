"""Table 2 as a file: every row of the paper, with an interval on every cell that was measured here.

A row that was not run holds what the paper prints, and says that it does no more. Where nothing of
the table was run there is no row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..config.roles import Roles
from ..results import reference
from ..results.scores import Scores
from .numbers import PUBLISHED_ONLY
from .table_2_lines import COLUMNS, Line, measured, unmeasured

MEASURED = "measured"


def table(
    scores: Scores,
    sizes: Sequence[str],
    roles: Roles,
    visual_samples: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Table 2 as one row a model: `model`, `perception`, `reasoning`, `visual samples`, then for
    each of the fourteen columns its accuracy as a fraction, `_low`, `_high` and `_n`. Then
    `source`, which says "measured" or "published only"; `training`, which says what of training the
    intervals hold; what the paper prints: `visual samples_published`, and of each column
    `_published`; and of each column the mean over the trainings of a reference, `_reference`, with
    `_reference_low` and `_reference_high` (empty without one).

    A cell that is missing from a run, or that the paper does not print, is empty; of rows that are
    published only, n is 0.

    Args:
        scores: the score tables.
        sizes: of the language model, largest first.
        roles: what plays each role.
        visual_samples: how many training samples with an image each tuning saw; a tuning that it
            lacks leaves its cell empty.
    """
    lines = measured(scores, sizes, roles)
    rest = unmeasured(lines) if lines else []
    rows = [
        *(_measured(scores, line, visual_samples or {}) for line in lines),
        *(_published_only(line) for line in rest),
    ]
    frame = pd.DataFrame(rows, columns=_header())
    counts = [name for name in frame.columns if name.endswith("_n")]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def _header() -> list[str]:
    header = ["model", "perception", "reasoning", "visual samples"]
    for _, _, name in COLUMNS:
        header += [name, f"{name}_low", f"{name}_high", f"{name}_n"]
    header += ["source", "training", "visual samples_published"]
    header += [f"{name}_published" for _, _, name in COLUMNS]
    ends = ("", "_low", "_high")
    return [*header, *(f"{name}_reference{end}" for _, _, name in COLUMNS for end in ends)]


def _measured(scores: Scores, line: Line, visual_samples: Mapping[str, int]) -> dict[str, object]:
    row = _published(line) | {
        "visual samples": str(visual_samples.get(line.tuning, "")),
        "source": MEASURED,
        "training": "",
    }
    for benchmark, category, name in COLUMNS:
        if accuracy := scores.accuracy(line.run, benchmark, category):
            row |= {
                "training": accuracy.training.kind,
                name: accuracy.value,
                f"{name}_low": accuracy.low,
                f"{name}_high": accuracy.high,
                f"{name}_n": accuracy.n,
            }
        if told := scores.reference.accuracy(line.run, benchmark, category):
            row |= {
                f"{name}_reference": told.mean,
                f"{name}_reference_low": told.low,
                f"{name}_reference_high": told.high,
            }
    return row


def _published_only(line: Line) -> dict[str, object]:
    counts = {f"{name}_n": 0 for _, _, name in COLUMNS}
    return _published(line) | {
        "visual samples": "",
        "source": PUBLISHED_ONLY,
        "training": "",
        **counts,
    }


def _published(line: Line) -> dict[str, object]:
    """What a line is about, and what the paper prints for it."""
    samples = {row.run: row.visual_samples for row in reference.table_2()}
    printed = reference.accuracies()
    row: dict[str, object] = {
        "model": line.model,
        "perception": line.perception,
        "reasoning": line.reasoning,
        "visual samples_published": samples.get(line.printed, ""),
    }
    for benchmark, category, name in COLUMNS:
        row[f"{name}_published"] = printed.get((line.printed, benchmark, category))
    return row
