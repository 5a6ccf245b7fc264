"""The paper against itself, on its own claims and on planted ones."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from downscaling.audit.itself import against_itself
from downscaling.audit.printed import check, printed, rows, status
from downscaling.audit.statements import parse
from downscaling.audit.verdicts import Printed
from downscaling.catalogue.paper_numbers import Claim, claims, published
from downscaling.cli import app


def claim(statements: str) -> Claim:
    """A claim with these statements."""
    return dataclasses.replace(claims()[0], id="X", check=statements, note="as noted")


def test_the_data_hold_what_the_audit_computes() -> None:
    """Catches a result that was typed: in every claim `recomputed` and `status` are the code's."""
    for one in claims():
        findings = check(one)
        results = [finding.recomputed for finding in findings]
        results = ["-"] if set(results) == {"-"} else results
        assert (one.id, one.recomputed, one.status) == (
            one.id,
            "; ".join(results),
            status(findings),
        )


def test_claims_and_numbers_print_the_same() -> None:
    """Catches a number that stands differently in the two files, trailing zeros included."""
    compared = 0
    for one in claims():
        stated = re.findall(r"-?\d+(?:\.\d+)?", one.published)
        held = [s.right for s in parse(one.check) if s.relation == "=" and "{" not in s.right]
        if stated:
            numbers = list(dict.fromkeys(str(printed(name)[0]) for name in held))
            assert numbers == stated, one.id
            compared += 1
    assert compared > 20


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ("f5.ve_06.in - f5.cap_06.in = f5.d06_in", Printed.HOLDS),
        ("f5.ve_06.in - f5.cap_06.in = f5.d06_mmstar", Printed.FAILS),
        ("f5.ve_06.in - f5.cap_06.in > 5.25", Printed.ROUNDING),
        ("f5.ve_06.in - unprinted.x.y = f5.d06_in", Printed.UNKNOWN),
    ],
)
def test_planted_claims_get_their_verdicts(statements: str, verdict: Printed) -> None:
    """Catches an audit that says the same whatever the claim."""
    (finding,) = check(claim(statements))
    assert finding.verdict == verdict
    assert "as noted" in finding.note


def test_a_claim_of_several_parts_is_judged_part_by_part() -> None:
    """Catches a false part that a true one hides."""
    findings = check(claim("f5.d06_in > 0; f5.d06_in > f5.d06_mmstar; 0 > f5.d06_in"))
    assert [finding.id for finding in findings] == ["X.1", "X.2", "X.3"]
    assert status(findings) == "holds: 2, does not hold: 1"


def test_a_statement_about_every_row_is_made_of_every_row() -> None:
    """Catches a row of Table 2 that is skipped."""
    findings = check(claim("t2.{row}.in.avg > 0"))
    assert [finding.id for finding in findings] == [f"X.{row}" for row in rows()]
    assert len(rows()) == 15


def test_names_are_ids_sizes_samples_or_said_not_to_be_printed() -> None:
    """Catches a mistyped name that passes for a number which the paper does not print."""
    assert printed("t2.et_06_17.perception") == [Decimal("0.6")]
    assert printed("t2.llava_ov_05b.visual_samples") == [Decimal("8.8")]
    assert len(printed("t2.et_06_17.in.c*")) == 6
    with pytest.raises(LookupError, match="grounding_06"):
        printed("unprinted.grounding_06")
    for name in ("t2.et_06_17.in.avrg", "t2.smolvlm.visual_samples", "t2.none.*"):
        with pytest.raises(ValueError, match="no printed number"):
            printed(name)


def test_every_in_domain_cell_and_average_has_a_finding() -> None:
    """Catches a cell that is left out of the granularity test, and an average that is not
    recomputed."""
    ids = [finding.id for finding in against_itself()]
    assert len(ids) == len(set(ids))
    cells = {r.id for r in published() if r.id.startswith("t2.") and ".in.c" in r.id}
    assert len(cells) == 90
    assert cells <= set(ids)
    assert {f"C{claim}.{row}" for claim in (35, 36) for row in rows()} <= set(ids)


def test_the_verb_prints_findings_for_people_and_programs() -> None:
    """Catches JSON of another shape, and text that leaves out what does not hold."""
    printed_json = CliRunner().invoke(app, ["audit", "--published", "--json"])
    listed = json.loads(printed_json.stdout)
    assert listed == [dataclasses.asdict(finding) for finding in against_itself()]
    assert set(listed[0]) == {"id", "verdict", "published", "recomputed", "note"}
    text = CliRunner().invoke(app, ["audit", "--published"]).stdout
    for finding in listed:
        if finding["verdict"] == Printed.FAILS:
            assert f"  {finding['id']} " in text


def test_the_audit_of_the_paper_loads_nothing_heavy() -> None:
    """Catches an import that makes a second into ten."""
    code = (
        "import sys; from downscaling.cli import app;"
        "app(['audit', '--published'], standalone_mode=False);"
        "print({'torch', 'transformers', 'pandas', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
