"""What the README says of the committed reference is what the reference holds."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from downscaling.audit.document import Audit
from downscaling.audit.verdicts import Measured
from downscaling.comparison.audit_reference import audit_reference
from downscaling.report.shown import interval, points
from downscaling.results.reference_trainings import ReferenceTrainings
from downscaling.study.runs import Run

HOME = Path(__file__).parents[2]
REFERENCE = HOME / "reference/miniature"
ROWS = {
    "perception 8B → 0.6B costs": "perception 8B->0.6B",
    "reasoning 8B → 0.6B costs": "reasoning 8B->0.6B",
    "extraction tuning adds to captions, 1.7B": "extract vs caption 1.7B",
    "extraction tuning adds to captions, 0.6B": "extract vs caption 0.6B",
    "accuracy of Extract+Think, 1.7B/4B": Run("extract-1.7B", "4B", "think"),
    "accuracy of Extract+Think, 0.6B/1.7B": Run("extract-0.6B", "1.7B", "think"),
    "accuracy end to end, 1.7B": Run("instruct-1.7B", "end-to-end", "image"),
    "accuracy end to end, 0.6B": Run("instruct-0.6B", "end-to-end", "image"),
}
"""The rows of the README's table, and what each is of."""


@pytest.fixture(scope="module")
def readme() -> str:
    """The README."""
    return (HOME / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def audit() -> Audit:
    """The paper's claims held against the reference."""
    return audit_reference(REFERENCE)


def test_the_table_holds_the_numbers_of_the_reference(readme: str) -> None:
    """Catches a table that an older reference wrote, and a row of another model's number."""
    known = ReferenceTrainings.read(REFERENCE / "spread.csv", "robust")
    for title, of in ROWS.items():
        cells = []
        for benchmark in ("in-domain", "out-of-domain"):
            find = known.difference if isinstance(of, str) else known.accuracy
            mean = find(of, benchmark, "average")  # type: ignore[operator]
            assert mean is not None
            assert mean.seeds == 5
            ends = interval(points(mean.low), points(mean.high))
            cells.append(f"{points(mean.mean)} {ends}")
        assert f"| {title} | {' | '.join(cells)} |" in readme


def test_the_claims_have_the_verdicts_that_are_told(readme: str, audit: Audit) -> None:
    """Catches a README that calls reproduced what the reference does not bear out."""
    told = re.search(r"three are reproduced, in their direction: .*?\.", readme)
    assert told
    named = sorted(re.findall(r"C\d\d", told[0]))
    found = [claim.id for claim in audit.claims if claim.verdict == Measured.REPRODUCED]
    assert named == found
    counts = Counter(claim.verdict for claim in audit.claims)
    assert counts[Measured.CONTRADICTED] == 0
    assert counts[Measured.INCONCLUSIVE] == 17
    assert f"correction for {audit.claim_tests} tests" in readme
    trained = {part.training for c in audit.claims for part in c.parts if part.training}
    assert trained == {"seeds"}


def test_every_file_that_the_readme_links_to_is_there(readme: str) -> None:
    """Catches a link to a page that was renamed."""
    links = set(re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", readme))
    assert links
    assert [link for link in links if not (HOME / link).exists()] == []
