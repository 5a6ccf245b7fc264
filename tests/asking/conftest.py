"""Tiny models that see and answer, and an image."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from downscaling.miniature import picture, world
from downscaling.models.assemble import assemble, save


@dataclass(frozen=True)
class Tiny:
    """Folders of untrained modules, and an image file."""

    sees: Path
    reads: Path
    image: Path


@pytest.fixture(scope="session")
def tiny(language_model: Path, tower: Path, tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Modules of the smallest size."""
    folder = tmp_path_factory.mktemp("ask")
    save(*assemble(language_model, tower, "base", 0), folder / "sees")
    picture.render(world.scene(random.Random(1))).save(folder / "image.png")
    return Tiny(folder / "sees", language_model, folder / "image.png")
