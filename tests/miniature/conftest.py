"""A small miniature, rendered once for all tests that read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from downscaling.study.settings import Render

from downscaling.miniature import layouts
from downscaling.miniature.families import SEVERAL, SINGLE


@pytest.fixture(scope="session")
def settings() -> Render:
    """Every set, a few rows each."""
    sets = dict.fromkeys((*SINGLE, *SEVERAL, "blip558k", "allava"), 30)
    return Render(
        seed=3,
        train=sets,
        test=8,
        in_domain=8,
        out_of_domain=3,
        prompts="miniature",
        answer_form="text",
    )


@pytest.fixture(scope="session")
def rendered(settings: Render, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A preset's folder with raw/ and truth/. Tests write to its data/ alone."""
    folder = tmp_path_factory.mktemp("rendered") / "preset"
    layouts.write(folder / "raw", folder / "truth", settings)
    return folder
