"""Names shown to readers, in step with the names of the study."""

from __future__ import annotations

from downscaling.catalogue import datasets
from downscaling.figures import labels


def test_every_family_of_the_study_is_known() -> None:
    """Catches a family added to the study and forgotten here."""
    assert tuple(labels.FAMILIES) == datasets.families()


def test_small_sizes_and_the_step_above() -> None:
    """Catches the smallest pair taken from the wrong end of the ladder."""
    sizes = ["8B", "4B", "1.7B", "0.6B"]
    assert labels.small(sizes) == ["0.6B", "1.7B"]
    assert labels.larger(sizes, "0.6B") == "1.7B"
    assert labels.larger(sizes, "8B") is None
    assert labels.small(["8B"]) == ["8B"]
