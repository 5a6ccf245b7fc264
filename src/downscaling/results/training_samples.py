"""What tunings saw, by their records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..runtime.run_record import read


def seen(tunings: Sequence[str], records: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """What the records say of each tuning: alike at every size and seed."""
    return {t: read(file).results for t, file in zip(tunings, records, strict=True)}
