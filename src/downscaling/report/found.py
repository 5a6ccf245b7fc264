"""What was found in a preset, as both pages tell of it: the report's, and the light one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..audit import document
from ..audit.text import TRAINED
from ..audit.verdicts import CLAIMS, MEASURED
from ..config.roles import Roles
from ..results.scores import Scores
from . import tables, verdicts
from .answer import answer
from .origins import Origins

VALIDITY = "tables/validity.csv"
TABLE_2 = "tables/table2.csv"
OVERVIEW = "overview"


@dataclasses.dataclass(frozen=True)
class ResultFiles:
    """What was found, by file: small enough for git.

    Attributes:
        audit: the audit.
        scores, differences, parsers: the score tables.
        spread: of a reference, how far trainings lie apart; None without one.
        tables: by their paths from the preset's folder.
        figures: of each figure by name its svg and its csv; what is measured is not read.
        records: of every job behind the results.
    """

    audit: Path
    scores: Path
    differences: Path
    parsers: Path
    spread: Path | None
    tables: Mapping[str, Path]
    figures: Mapping[str, tuple[Path, Path]]
    records: Sequence[Path]


@dataclasses.dataclass(frozen=True)
class Preset:
    """What a page says of a preset beside what was found in it.

    Attributes:
        sizes: of the language model, largest first.
        roles: which models are the paper's.
        configuration: what is shown of it: all.
    """

    name: str
    sizes: Sequence[str]
    roles: Roles
    configuration: Mapping[str, Any]


class Found:
    """What was found in a preset, as a page tells of it.

    Attributes:
        scores: the score tables.
        origins: the jobs behind them.
    """

    def __init__(self, root: Path, preset: Preset, files: ResultFiles) -> None:
        """Read it.

        Args:
            root: the preset's folder.
            preset: the preset.
            files: what is read.

        Raises:
            RecordError: a result is missing or is not what it should be.
        """
        self._preset, self._files = preset, files
        self._audit = document.read(files.audit)
        self.scores = Scores.read(files.scores, files.differences, self._audit.parser, files.spread)
        self.origins = Origins(files.records, root)

    def values(self) -> dict[str, Any]:
        """What the template asks for, but for what lies beside the page."""
        files, inside = self._files, self.origins.inside
        audit, data = self._audit, (files.scores, files.differences, files.parsers)
        figures = [
            tables.picture(name, inside(str(svg))) for name, (svg, _) in files.figures.items()
        ]
        return {
            "preset": self._preset.name,
            "audit": audit,
            "claim_counts": verdicts.counts([claim.verdict for claim in audit.claims]),
            "number_counts": verdicts.counts([number.verdict for number in audit.numbers]),
            "answer": answer(self.scores, self._preset.sizes),
            "claims": verdicts.grouped(audit),
            "trained": TRAINED,
            "numbers": verdicts.about(audit),
            "sources": verdicts.sources(),
            "rules": {"a part or a number": MEASURED, "a claim": CLAIMS},
            "validity": tables.validity(VALIDITY, files.tables[VALIDITY]),
            "overview": next((f for f in figures if f.name == OVERVIEW), None),
            "figures": [figure for figure in figures if figure.name != OVERVIEW],
            "table_2": tables.table_2(TABLE_2, files.tables[TABLE_2]),
            "always": tables.ALWAYS,
            "every_run": tables.every_run(self.scores),
            "data": [(path, tables.caption(path)) for path in map(inside, map(str, data))],
            "origins": self.origins,
            "configuration": json.dumps(
                self._preset.configuration, indent=1, ensure_ascii=False, sort_keys=True
            ),
        }
