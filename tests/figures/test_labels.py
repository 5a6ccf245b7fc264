"""Names shown to readers, in step with the names of the study."""

from __future__ import annotations

from downscaling.figures import labels
from downscaling.study import names


def test_every_family_of_the_study_is_known() -> None:
    """Catches a family added to the study and forgotten here."""
    assert tuple(labels.FAMILIES) == names.FAMILIES


def test_small_sizes_and_the_step_above() -> None:
    """Catches the smallest pair taken from the wrong end of the ladder."""
    sizes = ["8B", "4B", "1.7B", "0.6B"]
    assert labels.small(sizes) == ["0.6B", "1.7B"]
    assert labels.larger(sizes, "0.6B") == "1.7B"
    assert labels.larger(sizes, "8B") is None
    assert labels.small(["8B"]) == ["8B"]
