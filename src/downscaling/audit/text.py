"""Findings as text for a terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from itertools import groupby

from ..published import claims
from .verdicts import Finding, Printed

_WIDTHS = (21, 21, 8)
_NOTE = textwrap.TextWrapper(100, initial_indent=" " * 6, subsequent_indent=" " * 6)


def report(findings: list[Finding]) -> str:
    """The findings under the words of their claim, a line each, with the notes on those that do
    not hold as they stand; then how many have each verdict.

    A cell that holds has no line: its column says so.
    """
    lines = []
    titles = {claim.id: f"{claim.id}  {claim.text}" for claim in claims()}
    titles["column"] = "In-domain columns of Table 2 as shares of their question sets"
    for group, members in groupby(findings, lambda finding: finding.id.split(".")[0]):
        shown = [f for f in members if group != "t2" or f.verdict != Printed.HOLDS]
        if group in titles:
            lines.append(titles[group])
        lines += [_line(finding) for finding in shown]
        notes = (f.note for f in shown if f.verdict != Printed.HOLDS or group == "column")
        lines += [_NOTE.fill(note) for note in dict.fromkeys(notes) if note]
    counts = Counter(finding.verdict for finding in findings)
    total = ", ".join(f"{verdict} {counts[verdict]}" for verdict in Printed)
    return "\n".join([*lines, "", f"{len(findings)} findings: {total}"])


def _line(finding: Finding) -> str:
    cells = (finding.id, finding.verdict, finding.published)
    columns = "  ".join(f"{cell:{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"  {columns}  {finding.recomputed}"
