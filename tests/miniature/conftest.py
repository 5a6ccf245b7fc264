"""A small miniature, rendered once for all tests that read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from downscaling.config.data import Data
from downscaling.miniature.families import SINGLE
from downscaling.miniature.sets import Rendering
from downscaling.miniature.several import SEVERAL
from downscaling.prompts.miniature import PROMPTS
from rendering import render_to


@pytest.fixture(scope="session")
def settings() -> Rendering:
    """Every set, a few rows each."""
    sets = dict.fromkeys((*SINGLE, *SEVERAL, "blip558k", "allava"), 30)
    data = Data(source="rendered", seed=3, train=sets, test=8, in_domain=8, out_of_domain=3)
    return Rendering(data, PROMPTS, "text")


@pytest.fixture(scope="session")
def rendered(settings: Rendering, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A preset's folder with raw/ and truth/. Tests write to its data/ alone."""
    folder = tmp_path_factory.mktemp("rendered") / "preset"
    render_to(folder, settings)
    return folder
