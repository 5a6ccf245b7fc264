"""The tiny Qwen3-VL that the engines ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import tiny


@pytest.fixture(scope="session")
def qwen3_vl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model's folder; its own sampling draws at temperature 0.7 from the 20 likeliest."""
    return tiny.qwen3_vl(tmp_path_factory.mktemp("teacher") / "qwen3-vl")


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Images of different proportions, and one file that is none."""
    folder = tmp_path_factory.mktemp("images")
    for number in range(7):
        size = (24 + 8 * number, 64 - 6 * number)
        Image.new("RGB", size, (30 * number, 200 - 25 * number, 99)).save(folder / f"{number}.png")
    (folder / "7.png").write_bytes(b"no image")
    return [folder / f"{number}.png" for number in range(8)]
