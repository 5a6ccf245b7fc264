"""Tiny untrained models of the families that others published, laid as their folders are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import families


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The folder of a family's model, padded by its own settings on the side given."""
    made: dict[tuple[str, str], Path] = {}

    def make(family: str, padding_side: str = "left") -> Path:
        if (family, padding_side) not in made:
            folder = tmp_path_factory.mktemp("published") / family
            made[family, padding_side] = families.publish(folder, family, padding_side)
        return made[family, padding_side]

    return make


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Images of different proportions."""
    folder = tmp_path_factory.mktemp("images")
    for number in range(5):
        size = (24 + 12 * number, 64 - 8 * number)
        Image.new("RGB", size, (50 * number, 200 - 40 * number, 99)).save(folder / f"{number}.png")
    return [folder / f"{number}.png" for number in range(5)]
