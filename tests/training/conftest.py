"""Pictures for tests of tuning."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from downscaling.miniature import picture, world


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with twelve pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = random.Random(4)
    for number in range(12):
        picture.render(world.scene(rng)).save(folder / f"{number}.png")
    return folder
