"""A preset's folder with a few images, for invented rows of published data sets."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from loopback import hub
from place import place

__all__ = ["hub", "place"]


@pytest.fixture
def picture() -> bytes:
    """A PNG file of 4x4 pixels."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), (200, 30, 30)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def source(tmp_path: Path, picture: bytes) -> Callable[..., Path]:
    """Makes raw/<name> of a preset: images a.png to d.png, and one JSON file of rows."""

    def make(name: str, file: str, rows: Any, images: str = "images") -> Path:
        folder = tmp_path / "preset" / "raw" / name
        (folder / images).mkdir(parents=True, exist_ok=True)
        for stem in "abcd":
            (folder / images / f"{stem}.png").write_bytes(picture)
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rows if isinstance(rows, str) else json.dumps(rows), "utf-8")
        return folder

    return make


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """Makes a row: its images, then prompts and replies in turn."""

    def make(image: str | list[str] | None, *turns: str, **more: Any) -> dict[str, Any]:
        speakers = ["human", "gpt"] * len(turns)
        told = [{"from": speakers[i], "value": value} for i, value in enumerate(turns)]
        return ({} if image is None else {"image": image}) | {"conversations": told} | more

    return make


@pytest.fixture
def bomb() -> Callable[[int, int], bytes]:
    """Makes the head of a PNG that promises so many pixels, width by height."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    def make(width: int, height: int) -> bytes:
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        data = chunk(b"IDAT", zlib.compress(b"\0"))
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")

    return make
