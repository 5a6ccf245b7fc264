"""Images of published sets: hostile paths and bytes are refused by name."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from downscaling.data import images
from downscaling.data.images import DamagedImageError, ImageFolder, png_bytes
from downscaling.data.readers.omissions import RowError
from downscaling.records.files import RecordError

Source = Callable[..., Path]


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


def test_a_damaged_image_is_told_from_a_missing_one(folder: ImageFolder, picture: bytes) -> None:
    """Catches one damaged file that stops a set of 100,000 rows, or that passes for a whole one and
    ends a tuning hours later."""
    (folder.folder / "page.png").write_bytes(b"<html>404</html>")
    (folder.folder / "cut.png").write_bytes(picture[:50])
    for name in ("page.png", "cut.png", "cut.png"):
        with pytest.raises(DamagedImageError, match=rf"^image '{name}': not a readable image") as e:
            folder.find(name, "train.json, row 0")
        assert e.value.image == name


def test_an_image_is_decoded_once(folder: ImageFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches an image that is decoded for each of the rows about it."""
    decoded: list[Path] = []
    monkeypatch.setattr(images, "load_image", lambda file, name: decoded.append(file))
    for name in ("a.png", "a.png", "b.png"):
        folder.find(name, "")
    assert [file.name for file in decoded] == ["a.png", "b.png"]


def test_what_is_too_large_is_refused(
    folder: ImageFolder, monkeypatch: pytest.MonkeyPatch, bomb: Callable[[int, int], bytes]
) -> None:
    """Catches a file that fills the memory, and a hostile set that only loses rows."""
    (folder.folder / "bomb.png").write_bytes(bomb(12_000, 12_000))
    (folder.folder / "bigger.png").write_bytes(bomb(40_000, 40_000))
    for name in ("bomb.png", "bigger.png"):
        with pytest.raises(RecordError, match=rf"train.json, row 0: image '{name}' is refused"):
            folder.find(name, "train.json, row 0")
    monkeypatch.setattr(images, "MAX_BYTES", 10)
    with pytest.raises(RecordError, match=r"'b.png' is refused: more than 10 bytes"):
        folder.find("b.png", "")


def test_a_png_cell_is_kept_and_a_jpeg_decoded(picture: bytes) -> None:
    """Catches pixels that change on the way, and a .png file that holds a JPEG."""
    assert png_bytes({"bytes": picture, "path": "x.png"}, "") == picture
    assert png_bytes(picture, "") == picture
    turned, buffer = Image.Exif(), io.BytesIO()
    turned[ExifTags.Base.Orientation] = 6
    Image.new("L", (8, 4), 77).save(buffer, "JPEG", exif=turned)
    made = Image.open(io.BytesIO(png_bytes(buffer.getvalue(), "")))
    assert (made.format, made.mode, made.getpixel((3, 3))) == ("PNG", "RGB", (77, 77, 77))
    assert made.size == (4, 8)


def test_a_cell_of_another_format_leaves_its_transparency_behind() -> None:
    """Catches a benchmark's GIF that becomes a PNG with a transparent colour of its own."""
    image, buffer = Image.new("P", (2, 2), 0), io.BytesIO()
    image.putpalette([0, 0, 0])
    image.save(buffer, "GIF", transparency=0)
    made = Image.open(io.BytesIO(png_bytes(buffer.getvalue(), "")))
    assert made.getpixel((0, 0)) == (255, 255, 255)
    assert not made.has_transparency_data


@pytest.mark.parametrize("cell", [None, b"", "text", {"bytes": None}, b"GIF89a", "cut"])
def test_a_cell_without_an_image_is_refused(cell: object, picture: bytes) -> None:
    """Catches a benchmark row that is scored without a picture, or with half of one."""
    cell = picture[:50] if cell == "cut" else cell
    with pytest.raises(RowError, match=r"^(image: not a readable image|holds no image bytes)"):
        png_bytes(cell, "t.parquet, row 2")


def test_a_folder_outside_the_preset_is_refused(tmp_path: Path) -> None:
    """Catches records whose image paths no other stage could follow."""
    with pytest.raises(RecordError, match="not inside"):
        ImageFolder(tmp_path / "elsewhere", tmp_path / "preset")
