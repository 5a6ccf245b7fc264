"""Tables as files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..records.files import replacing


def save_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, fractions to six decimals, whole or not at all."""
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6f", lineterminator="\n")
