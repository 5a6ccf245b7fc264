"""The outcome of an answer, and who is to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.records.files import write
from downscaling.records.rows import Answer, Question
from downscaling.report.outcomes import RULES, Evidence, Outcome, judge
from downscaling.scoring.grade import grade
from downscaling.study.runs import Run

QUESTION = Question("q", "in-domain", "vqav2", "", (), "Which?", ("red", "green"), "B", "choice")


@pytest.mark.parametrize(
    ("text", "cut", "evidence", "outcome"),
    [
        ("green", False, None, Outcome.RIGHT),
        ("green", True, Evidence(False, False), Outcome.RIGHT),
        ("red", False, None, Outcome.WRONG),
        ("red", True, Evidence(True, True), Outcome.CUT_OFF),
        ("red", False, Evidence(told=False, able=True), Outcome.PERCEPTION),
        ("red", False, Evidence(told=True, able=True), Outcome.REASONING),
        ("red", False, Evidence(told=True, able=False), Outcome.REASONING),
        ("red", False, Evidence(told=False, able=False), Outcome.BOTH),
        # The robust parser takes the last word; the official one, the letter at the start.
        ("b is what I would say, no, the answer is A", False, None, Outcome.READ_WRONGLY),
    ],
)
def test_the_outcome_of_an_answer(
    text: str, cut: bool, evidence: Evidence | None, outcome: Outcome, tmp_path: Path
) -> None:
    """Catches blame that falls on the wrong module, and an answer blamed that was only misread."""
    write(tmp_path / "answers.parquet", [Answer("q", "", text, 3, False, cut)], Answer)
    run = Run("instruct-8B", "8B", "plain")
    (graded,) = grade(run, "0", "in-domain", tmp_path / "answers.parquet", [QUESTION])
    assert judge(graded, "robust", evidence) == outcome


def test_every_outcome_has_its_rule_in_words() -> None:
    """Catches an outcome that the page cannot explain."""
    assert set(RULES) == set(Outcome)


def test_the_documentation_states_the_rules() -> None:
    """Catches rules that change in code alone."""
    told = (Path(__file__).parents[2] / "docs/report.md").read_text()
    for outcome, rule in RULES.items():
        assert f"| {outcome} | {rule} |" in told
