"""Findings and audits as text for a terminal."""

from __future__ import annotations

import textwrap
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from ..catalogue.paper_numbers import claims
from ..results.estimate import REFERENCE, SEEDS, SEEN_ONCE
from .shown import shown, whole
from .verdicts import AGAINST, Finding, Measured, Printed

if TYPE_CHECKING:
    from .document import Audit, Entry

_WIDTHS = (21, 21, 8)
TRAINED = {
    SEEDS: "trainings vary it",
    REFERENCE: "trainings vary it as in the reference",
    SEEN_ONCE: "one training",
}
"""What of training an interval holds, in few words."""

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
    verdicts = Counter[str](finding.verdict for finding in findings)
    return "\n".join([*lines, "", f"{len(findings)} findings: {_counts(verdicts, Printed)}"])


def summary(audit: Audit) -> str:
    """An audit of a run: what to know before it, the claims with their parts, which numbers are
    contradicted, and how many claims and numbers have each verdict."""
    about = (
        f"{audit.preset} ({audit.scale}), seeds {', '.join(sorted(audit.seeds, key=int))}, "
        f"read by {audit.parser}"
    )
    lines = [about, *textwrap.wrap(audit.caution, 100), ""]
    for claim in audit.claims:
        share = f"{claim.parts_reproduced} of {claim.parts_run} run"
        lines.append(f"{claim.id}  {claim.verdict:12}  {share:12}  {claim.text}")
        lines += [_beside(part) for part in claim.parts if part.verdict != Measured.NOT_RUN]
        reasons = (part.note for part in claim.parts if part.verdict == Measured.NOT_RUN)
        lines += [_NOTE.fill(f"not run: {reason}") for reason in dict.fromkeys(reasons)]
    lines += [_beside(n) for n in audit.numbers if n.verdict in AGAINST]
    claimed = Counter[str](claim.verdict for claim in audit.claims)
    numbered = Counter[str](number.verdict for number in audit.numbers)
    lines += ["", f"{len(audit.claims)} claims: {_counts(claimed, Measured)}"]
    lines.append(f"{len(audit.numbers)} numbers: {_counts(numbered, Measured)}")
    return "\n".join(lines)


def _counts(verdicts: Counter[str], kinds: type[Printed] | type[Measured]) -> str:
    return ", ".join(f"{kind} {verdicts[kind]}" for kind in kinds)


def _beside(entry: Entry) -> str:
    told = shown(entry)
    words = [told.value, told.ends, told.unit]
    parts = [f"{' '.join(filter(None, words))}, paper {told.published}"]
    parts += [] if entry.n is None else [f"n {whole(entry.n)}"]
    parts.append(entry.interval)
    if entry.training in TRAINED:
        parts.append(TRAINED[entry.training])
    if entry.p is not None:
        parts.append("p < 0.0001" if entry.p < 0.0001 else f"p {entry.p:.2g}")
    needed = (f"{entry.answers_needed} answers", f"{entry.seeds_needed} seeds")
    known = [words for words in needed if not words.startswith("None")]
    parts += [f"{' or '.join(known)} would settle it"] if known else []
    return f"  {entry.id:7} {entry.verdict:12}  {', '.join(parts)}"


def _line(finding: Finding) -> str:
    cells = (finding.id, finding.verdict, finding.published)
    columns = "  ".join(f"{cell:{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return f"  {columns}  {finding.recomputed}"
