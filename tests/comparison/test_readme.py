"""What the README and the page of the miniature say of the committed reference is what the
reference holds."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from downscaling.audit import document
from downscaling.audit.document import Audit
from downscaling.audit.shown import interval, points
from downscaling.audit.verdicts import Measured
from downscaling.comparison.audit_reference import audit_reference
from downscaling.figures import labels
from downscaling.report.tables import validity
from downscaling.results.reference_trainings import ReferenceTrainings
from downscaling.study.runs import Run

HOME = Path(__file__).parents[2]
REFERENCE = HOME / "reference/miniature"
RESULTS = HOME / "results/miniature"
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
"""The rows of the tables, and what each is of."""


@pytest.fixture(scope="module")
def readme() -> str:
    """The README."""
    return (HOME / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def told(readme: str) -> str:
    """All that is told of the reference."""
    return readme + (HOME / "docs/miniature.md").read_text("utf-8")


@pytest.fixture(scope="module")
def audit() -> Audit:
    """The paper's claims held against the reference."""
    return audit_reference(REFERENCE)


def test_the_tables_hold_the_numbers_of_the_reference(told: str) -> None:
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
        assert f"| {title} | {' | '.join(cells)} |" in told
    asked = Counter(pq.read_table(REFERENCE / "questions.parquet")["benchmark"].to_pylist())
    in_domain, out_of_domain = asked["in-domain"], asked["out-of-domain"]
    assert f"on {in_domain} questions in-domain and {out_of_domain} out-of-domain" in told


def test_the_claims_have_the_verdicts_that_are_told(told: str, audit: Audit) -> None:
    """Catches a README that calls reproduced what the reference does not bear out."""
    sentence = re.search(r"Three are reproduced, in their direction: .*?\.", told)
    assert sentence
    named = sorted(re.findall(r"C\d\d", sentence[0]))
    found = [claim.id for claim in audit.claims if claim.verdict == Measured.REPRODUCED]
    assert named == found
    counts = Counter(claim.verdict for claim in audit.claims)
    run = [claim for claim in audit.claims if claim.parts_run]
    counted = f"Of the paper's {len(audit.claims)} claims {len(run)} concern models run here"
    assert counted in told
    assert {c.verdict for c in audit.claims if c.id == "C25"} == {Measured.INCONCLUSIVE}
    assert counts[Measured.CONTRADICTED] == 0
    assert counts[Measured.INCONCLUSIVE] == 17
    assert f"correction for {audit.claim_tests} tests" in told
    trained = {part.training for c in audit.claims for part in c.parts if part.training}
    assert trained == {"seeds"}


def test_the_default_run_is_what_is_told_of_it(told: str) -> None:
    """Catches a committed run that fails a check, or whose audit calls something reproduced, under
    a README that says otherwise."""
    assert "validity.csv): every check holds" in told
    checks = validity("tables/validity.csv", RESULTS / "tables/validity.csv")
    assert checks.line.startswith("All ")
    assert "[audit](results/miniature/audit/audit.txt) calls nothing reproduced" in told
    verdicts = {claim.verdict for claim in document.read(RESULTS / "audit/audit.json").claims}
    assert Measured.REPRODUCED not in verdicts


def test_what_no_size_learned_is_named(told: str) -> None:
    """Catches a kind of task that is named though some size is above chance, and one that is left
    out: in the default run, and in the reference's means."""
    sentence = re.search(r"no size is above chance at (.*?)\.", told)
    assert sentence
    checks = validity("tables/validity.csv", RESULTS / "tables/validity.csv")
    listed = {
        check.what for name, group in checks.groups if "learned by" in name for check in group
    }
    named = re.split(", | and ", sentence[1])
    assert {name.lower() for name in named} == {what.partition(" (")[0].lower() for what in listed}
    known = ReferenceTrainings.read(REFERENCE / "spread.csv", "robust")
    chance = 0.25
    keys = {labels.FAMILIES[family].lower(): family for family in labels.FAMILIES}
    for name in named:
        for size in ("8B", "4B", "1.7B", "0.6B"):
            run = Run(f"instruct-{size}", "end-to-end", "image")
            mean = known.accuracy(run, "families", keys[name])
            assert mean is not None
            assert mean.low <= chance, (name, size)


def test_every_file_that_the_readme_links_to_is_there(readme: str) -> None:
    """Catches a link to a page that was renamed."""
    links = set(re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", readme))
    assert links
    assert [link for link in links if not (HOME / link).exists()] == []
