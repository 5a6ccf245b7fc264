"""Which of the study's runs a printed number is about."""

from __future__ import annotations

from downscaling.results.reference import accuracies, printed_as, released, table_2
from downscaling.study.runs import Run


def test_every_accuracy_is_found_by_its_run() -> None:
    """Catches a row of Table 2 or figure 5 that is lost, or two that fall on one run."""
    found = accuracies()
    assert len(found) == 15 * 14 + 4 * 2
    assert found[Run("extract-0.6B", "1.7B", "think"), "in-domain", "average"] == 0.803
    assert found[Run("instruct-1.7B", "end-to-end", "image"), "out-of-domain", "math"] == 0.349
    assert found[Run("prism-7b", "llama3-70b", "plain"), "in-domain", "average"] == 0.783
    assert found[Run("internvl2.5-1b", "end-to-end", "image"), "in-domain", "gqa"] == 0.754
    assert found[Run("caption-0.6B", "8B", "plain"), "in-domain", "average"] == 0.776
    assert (Run("instruct-0.6B", "8B", "plain"), "in-domain", "average") not in found


def test_the_paper_s_table_is_whole() -> None:
    """Catches a row that is lost, or named by another one's sizes."""
    rows = {row.run: row for row in table_2()}
    assert len(rows) == 15
    prism = rows[Run("prism-1.8b", "llama3-70b", "plain")]
    assert (prism.perception, prism.reasoning, prism.is_own) == ("1.8B", "70B", False)
    assert rows[Run("instruct-0.6B", "end-to-end", "image")].reasoning == ""


def test_a_released_checkpoint_answers_for_the_model_that_it_is_of() -> None:
    """Catches a released checkpoint without published values, and an own model taken for one."""
    own = Run("extract-scratch-0.6B", "1.7B", "think")
    assert released(own) == Run("released-extract-scratch-0.6B", "1.7B", "think")
    assert printed_as(released(own)) == printed_as(own) == own
