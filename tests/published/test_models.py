"""Which of the study's runs a printed number is about."""

from __future__ import annotations

from downscaling.published.models import accuracies
from downscaling.study import Run


def test_every_own_accuracy_is_found_by_its_run() -> None:
    """Catches a row of Table 2 or figure 5 that is lost, or two that fall on one run."""
    found = accuracies()
    assert len(found) == 10 * 14 + 4 * 2
    assert found[Run("extract-0.6B", "1.7B", "think"), "in-domain", "average"] == 0.803
    assert found[Run("instruct-1.7B", "end-to-end", "image"), "out-of-domain", "math"] == 0.349
    assert found[Run("caption-0.6B", "8B", "plain"), "in-domain", "average"] == 0.776
    assert (Run("instruct-0.6B", "8B", "plain"), "in-domain", "average") not in found
