"""docs/hostile.md: every input has a test, and the test is there."""

from __future__ import annotations

import re

from held import TEST, absent
from running import HOME

ROW = re.compile(rf"^\| .+ \| .+ \| {TEST.pattern} \|$", re.MULTILINE)
HEAD = "| input | what is said or done | test |\n|---|---|---|\n"


def test_every_hostile_input_has_a_test_that_exists() -> None:
    """Catches a line that nobody holds, as after a renamed test, and a row of another form."""
    page = (HOME / "docs/hostile.md").read_text("utf-8")
    rows = ROW.findall(page)
    assert len(rows) >= 100
    assert len(rows) == page.count("\n|") - 2 * page.count(HEAD)
    assert absent(page) == set()
