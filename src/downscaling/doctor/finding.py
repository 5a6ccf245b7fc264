"""What a check finds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at.
        result: what was seen, one line.
        remedy: what to do about it; empty where nothing is known to be wrong.
        is_seen: whether there was anything to look at. What was not seen is neither well nor wrong.
    """

    check: str
    result: str
    remedy: str = ""
    is_seen: bool = True

    @property
    def is_good(self) -> bool:
        """Whether nothing has to be done."""
        return not self.remedy

    @property
    def colour(self) -> str:
        """Red for what has to be mended, green for what is well, grey for what was not seen."""
        if self.remedy:
            return "red"
        return "green" if self.is_seen else "grey"


def are_good(findings: Sequence[Finding]) -> bool:
    """Whether nothing has to be done about any of them."""
    return all(finding.is_good for finding in findings)


def as_json(preset: str, findings: Sequence[Finding]) -> str:
    """For programs: `preset`, `is_good` and a row for each finding."""
    rows = [{"is_good": finding.is_good, **asdict(finding)} for finding in findings]
    values = {"preset": preset, "is_good": are_good(findings), "findings": rows}
    return json.dumps(values, indent=1)


def as_text(preset: str, findings: Sequence[Finding]) -> str:
    """A table with a row for each finding, what to do below each red one, and a line that counts
    them."""
    width = max(len(finding.check) for finding in findings)
    lines = [f"doctor of {preset}", ""]
    for finding in findings:
        lines.append(f"{finding.colour:5}  {finding.check:{width}}  {finding.result}".rstrip())
        if finding.remedy:
            lines.append(f"{'':5}  {'':{width}}  -> {finding.remedy}")
    count = Counter(finding.colour for finding in findings)
    grey = f", {count['grey']} grey" if count["grey"] else ""
    return "\n".join([*lines, "", f"{count['green']} green, {count['red']} red{grey}"])
