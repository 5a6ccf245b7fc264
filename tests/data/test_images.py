"""Images of published sets: hostile paths and bytes are refused by name."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from downscaling.data import images
from downscaling.data.images import ImageFolder, png_bytes
from downscaling.records.files import RecordError

Source = Callable[..., Path]


def large(width: int, height: int) -> bytes:
    """The head of a PNG that promises that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.fixture
def folder(source: Source) -> ImageFolder:
    """The images of a preset's raw/coin."""
    made = source("coin", "rows.json", [])
    return ImageFolder(made / "images", made.parent.parent)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b.png",
        "C:\\secret.png",
        "..\\..\\secret.png",
        "a\0.png",
        ".",
        "x" * 5000,
    ],
)
def test_paths_that_lead_out_are_refused(folder: ImageFolder, name: str) -> None:
    """Catches an annotation file that reads files outside its images."""
    with pytest.raises(RecordError, match=r"train.json, row 3: image .* is refused"):
        folder.find(name, "train.json, row 3")


def test_a_path_inside_is_given_relative_to_the_preset(folder: ImageFolder) -> None:
    """Catches paths that hold on one machine alone, and a missing file taken as present."""
    assert folder.find("a.png", "") == "raw/coin/images/a.png"
    assert folder.find("b/c.png", "") is None


def test_bytes_that_are_no_image_are_refused(
    folder: ImageFolder, monkeypatch: pytest.MonkeyPatch, picture: bytes
) -> None:
    """Catches damaged or foreign files that would fail in the middle of training."""
    (folder.folder / "page.png").write_bytes(b"<html>404</html>")
    (folder.folder / "cut.png").write_bytes(picture[:40])
    (folder.folder / "bomb.png").write_bytes(large(12_000, 12_000))
    (folder.folder / "bigger.png").write_bytes(large(40_000, 40_000))
    for name in ("page.png", "cut.png", "bomb.png", "bigger.png"):
        with pytest.raises(RecordError, match=rf"train.json, row 0: image '{name}' is refused"):
            folder.find(name, "train.json, row 0")
    monkeypatch.setattr(images, "MAX_BYTES", 10)
    with pytest.raises(RecordError, match=r"'b.png' is refused: more than 10 bytes"):
        folder.find("b.png", "")


def test_a_png_cell_is_kept_and_a_jpeg_decoded(picture: bytes) -> None:
    """Catches pixels that change on the way, and a .png file that holds a JPEG."""
    assert png_bytes({"bytes": picture, "path": "x.png"}, "") == picture
    assert png_bytes(picture, "") == picture
    buffer = io.BytesIO()
    Image.new("L", (8, 8), 77).save(buffer, "JPEG")
    made = Image.open(io.BytesIO(png_bytes(buffer.getvalue(), "")))
    assert (made.format, made.mode, made.getpixel((3, 3))) == ("PNG", "RGB", (77, 77, 77))


@pytest.mark.parametrize("cell", [None, b"", "text", {"bytes": None}, b"GIF89a", large(9, 9)])
def test_a_cell_without_an_image_is_refused(cell: object) -> None:
    """Catches a benchmark row without a picture that is scored all the same."""
    with pytest.raises(RecordError, match=r"t.parquet, row 2"):
        png_bytes(cell, "t.parquet, row 2")


def test_a_folder_outside_the_preset_is_refused(tmp_path: Path) -> None:
    """Catches records whose image paths no other stage could follow."""
    with pytest.raises(RecordError, match="not inside"):
        ImageFolder(tmp_path / "elsewhere", tmp_path / "preset")
